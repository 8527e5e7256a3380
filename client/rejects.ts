import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { createSink } from '../activities/elasticsearch/client.ts';
import { RejectStore } from '../activities/elasticsearch/reject-store.ts';
import { replayWorkflowId, taskQueue } from '../contracts/names.ts';
import type { Reject } from '../contracts/reject.ts';
import type { ReplayCounts } from '../contracts/replay-rejects-input.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import type { replayRejects } from '../workflows/replay-rejects.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { follow } from './follow.ts';
import { number } from '../watch/words.ts';
import { findFeed, requireWorker, withSession, type Session } from './session.ts';

const WAIT_MS = 30_000;

/** Prints rejects, the newest first; with `json`, one object, `{ total, rejects: Reject[] }` without record texts. */
export async function listRejects(
  name: string | null,
  { all, limit, json }: { all: boolean; limit: number; json: boolean },
): Promise<ExitCode> {
  const config = loadConfig(process.env);
  const { rejects, total } = await withStore(config, (store, signal) =>
    store.list(
      {
        feed: name === null ? null : findFeed(config, name).name,
        state: all ? null : 'open',
        size: limit,
        after: null,
      },
      signal,
    ),
  );
  const listed = rejects.map(({ text: _text, ...reject }) => reject);
  process.stdout.write(
    json ? `${JSON.stringify({ total, rejects: listed })}\n` : toList(listed, total, all),
  );
  return EXIT.ok;
}

/** Prints one reject with its record's text; with `json`, one {@link Reject} object. */
export async function showReject(id: string, json: boolean): Promise<ExitCode> {
  const [reject] = await withStore(loadConfig(process.env), (store, signal) =>
    store.get([id], signal),
  );
  if (reject === undefined) {
    throw new CommandError(`no reject has the id ${id}; \`tcsync rejects list --all\` lists them`);
  }
  process.stdout.write(json ? `${JSON.stringify(reject)}\n` : toPage(reject));
  return EXIT.ok;
}

/** Starts a replay of the named rejects, or of all open ones, and follows it. */
export function replay(
  name: string | null,
  ids: readonly string[],
  json: boolean,
): Promise<ExitCode> {
  return withSession(async (session) => {
    const feed = findFeed(session.config, name).name;
    await requireWorker(session);
    const counts = await replayed(session, feed, ids);
    if (counts === null) {
      process.stderr.write(
        'detached; the replay continues. `tcsync rejects list` shows the rejects that are left.\n',
      );
      return EXIT.ok;
    }
    process.stdout.write(json ? `${JSON.stringify(counts)}\n` : toCounts(counts));
    return counts.rejected + counts.unfindable > 0 ? EXIT.attention : EXIT.ok;
  });
}

/**
 * A feed has at most one replay at a time. If one is already open, follows that one first. It may not include the
 * named rejects, so these get a replay of their own after it.
 *
 * @returns `null` after Ctrl-C
 */
async function replayed(
  session: Session,
  feed: string,
  ids: readonly string[],
): Promise<ReplayCounts | null> {
  const { config, temporal } = session;
  const { namespace } = config.program;
  const workflowId = replayWorkflowId(namespace, feed);
  for (;;) {
    try {
      const handle = await temporal.workflow.start<typeof replayRejects>('replayRejects', {
        workflowId,
        taskQueue: taskQueue(namespace),
        args: [{ feed, ...(ids.length === 0 ? {} : { rejects: [...ids] }) }],
      });
      return await follow(session, handle);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const others = ids.length === 0 ? '' : '; the rejects that you named come next';
    process.stderr.write(`a replay of feed ${feed} is already running: following it${others}\n`);
    const counts = await follow(
      session,
      temporal.workflow.getHandle<typeof replayRejects>(workflowId),
    );
    if (counts === null || ids.length === 0) return counts;
  }
}

async function withStore<T>(
  config: Config,
  work: (store: RejectStore, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const sink = createSink(config.sink);
  try {
    return await work(
      new RejectStore(sink, config.program.namespace),
      AbortSignal.timeout(WAIT_MS),
    );
  } finally {
    await sink.close();
  }
}

function toList(rejects: readonly Omit<Reject, 'text'>[], total: number, all: boolean): string {
  if (rejects.length === 0) return all ? 'no rejects\n' : 'no open rejects\n';
  const lines = rejects.map((reject) =>
    [
      reject.id.padEnd(20),
      reject.readAt.slice(0, 19),
      reject.state.padEnd(8),
      (reject.indicatorId ?? '(no id)').padEnd(20),
      (reject.type ?? '').padEnd(14),
      reject.reason,
    ].join('  '),
  );
  if (total > rejects.length) {
    lines.push(`${number(rejects.length)} of ${number(total)}; --limit shows more`);
  }
  return `${lines.join('\n')}\n`;
}

function toPage(reject: Reject): string {
  const rows = [
    ['reject', reject.id],
    ['state', reject.state],
    ['reason', reject.reason],
    ['indicator', reject.indicatorId ?? '(no id)'],
    ['owner', reject.owner],
    ['type', reject.type],
    ['summary', reject.summary],
    ['modified', reject.lastModified],
    ['feed', reject.feed],
    ['run', reject.runId],
    ['read at', reject.readAt],
    ['position', reject.position === null ? null : `${reject.position} of its page`],
    ['size', `${number(reject.textBytes)} bytes`],
  ].flatMap(([key, value]) => (value === null ? [] : [`${key?.padEnd(10)} ${value}`]));
  const cut = Buffer.byteLength(reject.text) < reject.textBytes ? ' …' : '';
  return `${rows.join('\n')}\n\n${reject.text}${cut}\n`;
}

function toCounts({
  asked,
  written,
  rejected,
  gone,
  unfindable,
  inactive = 0,
}: ReplayCounts): string {
  const rows = [
    `replayed   ${number(asked)}`,
    `written    ${number(written)}`,
    `rejected   ${number(rejected)}${rejected > 0 ? ', again' : ''}`,
    `gone       ${number(gone)}${gone > 0 ? ', no longer shown by ThreatConnect' : ''}`,
    ...(inactive > 0 ? [`inactive   ${number(inactive)}, inactive in ThreatConnect`] : []),
    ...(unfindable > 0
      ? [
          `unfindable ${number(unfindable)}, without id, owner, type or summary: run their window again`,
        ]
      : []),
  ];
  return `${rows.join('\n')}\n`;
}
