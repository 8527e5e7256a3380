import { EXIT, type ExitCode } from './exit-code.ts';
import { makeStatus } from './status/make-status.ts';
import { statusText } from './status/status-text.ts';

/**
 * Prints whether all is well; if not, what is wrong, since when and what to do. Uses every system that can be reached.
 * With `json`, prints one `Status` object.
 *
 * @returns `attention` if a person is needed
 */
export async function status(name: string | null, json: boolean): Promise<ExitCode> {
  const made = await makeStatus(process.env, name);
  process.stdout.write(json ? `${JSON.stringify(made)}\n` : statusText(made));
  return made.well ? EXIT.ok : EXIT.attention;
}
