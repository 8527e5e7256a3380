import { EXIT, type ExitCode } from './exit-code.ts';
import { makeStatus } from './status/make-status.ts';
import { statusText } from './status/status-text.ts';

/**
 * Says whether all is well, what is not, since when and what to do about it, from whatever can be reached. With
 * `json` it prints one object, `Status`.
 *
 * @returns `attention` where a person is needed
 */
export async function status(name: string | null, json: boolean): Promise<ExitCode> {
  const made = await makeStatus(process.env, name);
  process.stdout.write(json ? `${JSON.stringify(made)}\n` : statusText(made));
  return made.well ? EXIT.ok : EXIT.attention;
}
