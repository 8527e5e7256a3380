import type { Counts } from '../contracts/counts.ts';
import { number, plural } from '../watch/words.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { follow, type Followed, type LookAt } from './follow.ts';
import type { Session } from './session.ts';

/** The part of a result that says what became of the records. */
type Read = { counts: Counts; late: number; notes: string[]; attention: string[] };

type Ending<R> = {
  what: 'run' | 'backfill';
  json: boolean;
  /** Rows that say what was read, before those that every result has. */
  rows: (result: R) => string[];
  lookAt?: LookAt;
};

/** Follows a run or a backfill to its end and prints its result. After Ctrl-C says that it continues. */
export async function followToEnd<R extends Read>(
  session: Session,
  handle: Followed<R>,
  { what, json, rows, lookAt }: Ending<R>,
): Promise<ExitCode> {
  process.stderr.write(`${what} ${handle.workflowId}\n`);
  const result = await follow(session, handle, lookAt);
  if (result === null) {
    process.stderr.write(
      `detached; the ${what} continues. The same command attaches to it again; \`npx tcsync status\` shows its progress.\n`,
    );
    return EXIT.ok;
  }
  const { counts, attention } = result;
  const text = `${[...rows(result), ...readRows(result)].join('\n')}\n`;
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : text);
  return counts.rejected > 0 || attention.length > 0 ? EXIT.attention : EXIT.ok;
}

function readRows({ counts, late, notes, attention }: Read): string[] {
  const { ended = 0, inactive = 0 } = counts;
  return [
    `read       ${plural(counts.read, 'record')} in ${plural(counts.pages, 'page')}`,
    `created    ${number(counts.created)}`,
    `duplicate  ${number(counts.duplicate)}`,
    `rejected   ${number(counts.rejected)}`,
    ...(ended > 0 ? [`ended      ${number(ended)}, inactive in ThreatConnect`] : []),
    ...(inactive > 0 ? [`inactive   ${number(inactive)}, not known or ended before`] : []),
    ...(late > 0 ? [`late       ${number(late)}, left to the next run`] : []),
    ...notes.map((note) => `note       ${note}`),
    ...attention.map((sentence) => `attention  ${sentence}`),
  ];
}
