import type { Client } from '@elastic/elasticsearch';
import { blocked, due, OK, type Inspection, type Repair } from '../asset.ts';
import type { PlanContext } from '../asset-context.ts';
import type { FoundConfig } from './compare-config.ts';
import { lostKey } from './credentials.ts';
import { expiredDocuments, writeHeartbeat } from './expired-documents.ts';
import { failureCause, type FailureCause } from './failure-cause.ts';
import { isLost } from './latest-index.ts';
import { latestTransform, type TransformBody } from './latest-transform.ts';
import { LEFT_OUT_MAX, leavingOut, type LeftOut } from './left-out.ts';
import { pausedFor } from './marks.ts';
import { refusedDocuments } from './refused-documents.ts';
import type { FoundStats, TransformRequests } from './requests.ts';
import { lateSeconds, unseenDocuments } from './unseen-documents.ts';

/** A transform that exists, as it is inspected. */
export type Examined = {
  sink: Client;
  signal: AbortSignal;
  requests: TransformRequests;
  context: PlanContext;
  /** The wanted definition. */
  body: TransformBody;
  /** What it leaves out. */
  leftOut: LeftOut;
  found: FoundConfig;
  stats: FoundStats;
  /** What was done in this reconciliation. Nothing is done twice: if it did not help, the next one tries it again. */
  tried: Set<Cure>;
};

/** What helps a transform that does not work. */
export type Cure =
  | 'start'
  | 'restart'
  | 'recreate'
  | 'authorize'
  | 'run now'
  | 'heartbeat'
  | 'leave out';

const RUNNING: ReadonlySet<string> = new Set(['started', 'indexing', 'waiting']);

/** True if it does not run, and an operator has marked that. */
export function isKeptStopped(found: FoundConfig, { state }: FoundStats): boolean {
  return !RUNNING.has(state) && pausedFor(found) !== null;
}

/** Whether the transform does its work; if not, what helps. */
export async function inspectTask(of: Examined): Promise<Inspection> {
  const { found, stats, context, sink, signal, requests } = of;
  const { state, checkpointing } = stats;
  if (isKeptStopped(found, stats)) return pausedInspection(of);
  const hasBegun = checkpointing.last.checkpoint > 0;
  if (hasBegun && (await isLost(sink, context.latest.index, found, signal))) {
    return due(
      cure(of, 'recreate', lostText(of), () => requests.recreate(latestTransform(of.context))),
    );
  }
  switch (state) {
    case 'stopped': {
      const change = 'it was stopped, and is started';
      // a transform that has never run takes the time of its first start for that of its creation
      const start = () => (hasBegun ? requests.start() : requests.recreate(of.body));
      return due(cure(of, 'start', change, start));
    }
    case 'failed':
      return inspectFailed(of);
    case 'waiting':
      return blocked(waitingText(of));
    case 'started':
    case 'indexing':
      return inspectRunning(of);
    default:
      return { ...OK, detail: `it is ${state}` };
  }
}

function inspectFailed(of: Examined): Inspection {
  const { kind, what, remedy } = failureCause(of.stats.reason);
  if (of.tried.has('restart')) {
    if (kind === 'document' && !of.tried.has('leave out')) {
      return due(
        cure(of, 'leave out', 'what its index refuses is looked for and left out', () =>
          leaveOutRefused(of),
        ),
      );
    }
    return blocked(
      `it failed again as soon as it was started: ${what}; ${remedy}; ${statsText(of)}; the next reconciliation ` +
        'starts it again',
    );
  }
  const isCredentials = kind === 'credentials';
  const how = isCredentials ? 'gets the credentials of this program and is started' : 'is started';
  return due(
    cure(of, 'restart', `it had failed (${what}), and ${how} again`, async () => {
      if (isCredentials) await of.requests.update(of.found, of.body);
      await of.requests.restart();
    }),
  );
}

/** Finds the documents that the index refuses, and lets the transform go on without them. */
async function leaveOutRefused({
  sink,
  found,
  stats,
  signal,
  requests,
  leftOut,
  context,
}: Examined): Promise<void> {
  const refused = await refusedDocuments(sink, found, stats, signal);
  const all = { ...leftOut, ...refused };
  if (Object.keys(refused).length === 0 || Object.keys(all).length > LEFT_OUT_MAX) return;
  await requests.update(found, leavingOut(latestTransform(context), all));
  await requests.restart();
}

async function inspectRunning(of: Examined): Promise<Inspection> {
  const key = await lostKey(of.sink, of.found, of.signal);
  if (key !== null) return authorize(of, `its API key ${JSON.stringify(key)} is no longer valid`);
  const troubled = inspectHealth(of);
  if (troubled !== null) return troubled;
  // what has just been started or told to run has not had the time yet
  if (of.stats.state === 'indexing' || of.tried.size > 0) return OK;
  return (await inspectLag(of)) ?? (await inspectRetention(of)) ?? OK;
}

/** `null` if Elasticsearch reports no issue. */
function inspectHealth(of: Examined): Inspection | null {
  const { status, issues = [] } = of.stats.health ?? {};
  if (issues.length === 0) return null;
  if (issues.some(({ type }) => type === 'assignment_failed')) return blocked(waitingText(of));
  const causes = issues.map(({ details }) => failureCause(details));
  const refused = issues.some(({ type }) => type === 'privileges_check_failed');
  if (refused || causes.some(({ kind }) => kind === 'credentials')) {
    return authorize(of, 'its credentials are refused');
  }
  // not the details: they may quote a document
  const titles = [...new Set(issues.map(({ issue }) => issue))].join('; ');
  // up to five consecutive failures are yellow: it may pass by itself
  if (status === 'yellow') return { ...OK, detail: `it has problems: ${titles}` };
  return blocked(`it fails again and again: ${titles}; ${causesText(causes)}${statsText(of)}`);
}

function authorize(of: Examined, why: string): Inspection {
  if (of.tried.has('authorize')) {
    return blocked(
      `${why}, also with those of this program: give its key or user the missing privilege, \`npx tcsync check\` names it`,
    );
  }
  return due(
    cure(of, 'authorize', `${why}: it gets the credentials of this program`, async () => {
      await of.requests.update(of.found, of.body);
      await of.requests.runNow();
    }),
  );
}

/** A restart helps if a nudge does not. The time stands for the number of nudges: nothing is remembered between runs. */
const RESTART_AFTER = 4;

async function inspectLag(of: Examined): Promise<Inspection | null> {
  const { sink, found, stats, context, signal, requests } = of;
  const limit = lateSeconds(context);
  const { count, oldest } = await unseenDocuments(sink, found, stats, limit, signal);
  if (count === 0) return null;
  const what = `it is behind: documents since ${oldest} are not in the latest index`;
  const stuck = await unseenDocuments(sink, found, stats, limit * RESTART_AFTER, signal);
  return due(
    stuck.count === 0
      ? cure(of, 'run now', `${what}; it is told to run at once`, () => requests.runNow())
      : cure(of, 'restart', `${what}; it is stopped and started again`, () => requests.restart()),
  );
}

async function inspectRetention(of: Examined): Promise<Inspection | null> {
  const { sink, found, stats, context, signal } = of;
  const expired = await expiredDocuments(sink, context.latest.index, signal);
  if (expired === 0) return null;
  // the next document that it processes makes it delete them
  const { count } = await unseenDocuments(sink, found, stats, 0, signal);
  if (count > 0) return null;
  const change =
    'expired indicators stay in the latest index, since the transform deletes them only when a document arrives: a ' +
    'heartbeat document is written';
  return due(
    cure(of, 'heartbeat', change, () => writeHeartbeat(sink, context.namespace, stats, signal)),
  );
}

function pausedInspection({ found, stats }: Examined): Inspection {
  const why = pausedFor(found) ?? '';
  const { time_upper_bound_millis: toMs } = stats.checkpointing.last;
  const since = toMs === undefined ? '' : `; it has read what was written before ${isoOf(toMs)}`;
  return {
    ...OK,
    rest: 'drift-ignored',
    detail:
      `it is ${stats.state}, and an operator keeps it so (_meta.paused${why === '' ? '' : `: ${why}`})${since}; to end ` +
      `that: POST _transform/${found.id}/_update {"_meta": {"paused": false}}, then \`npx tcsync apply\``,
  };
}

function lostText({ context }: Examined): string {
  return (
    `its index ${context.latest.index} was deleted, and is filled again from the data stream; indicators that were written ` +
    `more than ${context.ilmDelete} ago may be missing until they are read again: \`npx tcsync backfill\``
  );
}

function waitingText({ stats, found }: Examined): string {
  const noNode = stats.health?.issues?.some(({ type }) => type === 'assignment_failed') === true;
  return noNode
    ? `no node can run it: give a node of the cluster the role transform; GET _transform/${found.id}/_stats says which nodes refuse it`
    : `it waits, and does nothing: can its index ${found.dest.index} be written to? GET _transform/${found.id}/_stats says why`;
}

function causesText(causes: readonly FailureCause[]): string {
  const known = causes.find(({ kind }) => kind !== 'other');
  return known === undefined ? '' : `${known.what}: ${known.remedy}; `;
}

function statsText({ found }: Examined): string {
  return `GET _transform/${found.id}/_stats says more`;
}

function isoOf(ms: number | string | Date): string {
  return new Date(ms).toISOString();
}

function cure(of: Examined, name: Cure, change: string, act: () => Promise<unknown>): Repair {
  return {
    becomes: 'repaired',
    changes: [change],
    act: async () => {
      of.tried.add(name);
      await act();
    },
  };
}
