import type { FeedSchedule } from '../contracts/feed.ts';
import type { TemporalPlace } from '../contracts/temporal-command.ts';
import { isSameStream } from '../window/same-data.ts';
import { dataStream, stateIndex } from '../contracts/names.ts';
import { attention, note, type Finding } from './finding.ts';
import { judgeRun } from './judge-run.ts';
import type { RunLook } from './look-at-run.ts';
import { judgeSchedule } from './judge-schedule.ts';
import type { ScheduleLook } from './look-at-schedule.ts';
import type { FailedRuns } from './look-at-temporal.ts';
import { operationsRow, reasonText } from './reason.ts';
import type { FeedLook } from './to-feed-look.ts';
import { age, plural } from './words.ts';

type Context = {
  namespace: string;
  /** That of the feed. */
  schedule: FeedSchedule;
  safetyLagMs: number;
  nowMs: number;
  /** Of Temporal. */
  place: TemporalPlace;
};

/** The watermark is TC_SAFETY_LAG behind the source's clock; the clocks of two machines agree within seconds. */
const AHEAD_MAX_MS = 60_000;
/** The data of a feed with an interval may be this old, or several intervals old. */
const OLD_MS = 30 * 60_000;
const OLD_INTERVALS = 3;
/** The watermark that a run leaves is by the source's clock, which may be so much behind Temporal's. */
const BEHIND_MAX_MS = 5 * 60_000;

export function judgeFeed(look: FeedLook, context: Context): Finding[] {
  const { name, openRejects, temporal } = look;
  const found = [
    ...judgeState(look, context),
    ...(temporal === null ? [] : judgeTemporalPart(name, temporal, context.place)),
    ...(openRejects === null || openRejects === 0
      ? []
      : [
          attention('rejects', {
            what: `${plural(openRejects, 'reject')} open: records that are not in Elasticsearch`,
            remedy:
              'Run `npx tcsync rejects list`, correct what it names, then `npx tcsync rejects replay`',
          }),
        ]),
  ];
  return found.map((each) => Object.assign(each, { feed: name }));
}

function judgeState(look: FeedLook, context: Context): Finding[] {
  const { name, stored, stream, temporal } = look;
  const { namespace, nowMs } = context;
  const { state = null, unfinished = null } = stored ?? {};
  const found: Finding[] = [];
  if (state === 'unreadable') {
    const told = unreadable(`${stateIndex(namespace)}/_doc/feed:${name}`, 'reads everything again');
    found.push(attention('state', told));
  }
  if (unfinished === 'unreadable') {
    const path = `${stateIndex(namespace)}/_doc/unfinished:${name}`;
    found.push(note('state', unreadable(path, 'begins at the watermark')));
  }
  if (state === null || state === 'unreadable') return found;
  const { watermark, last_run: lastRun } = state;
  const oldMs = nowMs - Date.parse(watermark);
  if (-oldMs > AHEAD_MAX_MS) {
    found.push(
      attention('clock', {
        what: `the watermark ${watermark} lies ${age(-oldMs)} in the future: changes until then are not read`,
        remedy: `Compare the clocks of ThreatConnect and of this machine; if ThreatConnect’s was wrong, DELETE ${stateIndex(namespace)}/_doc/feed:${name}: the next run reads everything again`,
      }),
    );
  }
  // an explicit window and a backfill say nothing about the latest changes
  const isReading = temporal?.running.some(({ isApart }) => !isApart) ?? false;
  if (stream !== null && stream.length > 0 && !isSameStream(state.stream, stream)) {
    const severity = isReading ? note : attention;
    found.push(
      severity('state', {
        what: `data stream ${dataStream(namespace)} is not the one that was written to: it was deleted and created again, or restored`,
        remedy: 'The next run reads everything again: `npx tcsync run` starts it',
      }),
    );
  }
  const why = isReading ? null : whyOld(watermark, temporal?.schedule ?? null, context);
  if (why !== null) {
    found.push(
      attention('freshness', {
        since: watermark,
        what: `records that were modified in the last ${age(oldMs)} are not in Elasticsearch${why}`,
        remedy: 'Run `npx tcsync run`, and read the other findings',
      }),
    );
  }
  for (const sentence of lastRun?.attention ?? []) {
    found.push(
      attention('last-run', { since: lastRun?.committed_at ?? null, what: sentence, remedy: null }),
    );
  }
  return found;
}

/** The end of a sentence about old data; `null` if the data is as fresh as the feed's schedule makes it. */
function whyOld(
  watermark: string,
  look: ScheduleLook | null,
  { schedule, safetyLagMs, nowMs }: Context,
): string | null {
  const writtenMs = Date.parse(watermark);
  if ('everyMs' in schedule) {
    return nowMs - writtenMs > Math.max(OLD_MS, OLD_INTERVALS * schedule.everyMs) ? '' : null;
  }
  const dueAt = look?.dueAt ?? null;
  const isMissed = dueAt !== null && writtenMs < Date.parse(dueAt) - safetyLagMs - BEHIND_MAX_MS;
  return isMissed ? `: the run of ${dueAt} is missing` : null;
}

/** @param then what the next run does without the document */
function unreadable(path: string, then: string): Pick<Finding, 'what' | 'remedy'> {
  return {
    what: `${path} cannot be read: it was written by another version of tcsync, or by hand`,
    remedy: `Start workers of that version, or DELETE ${path}: the next run ${then}`,
  };
}

function judgeTemporalPart(
  name: string,
  { schedule, running, failed }: NonNullable<FeedLook['temporal']>,
  place: TemporalPlace,
): Finding[] {
  return [
    ...judgeSchedule(schedule, {
      silence: 'no run starts by itself',
      resume: 'npx tcsync resume --schedule',
    }),
    ...(failed === null ? [] : [judgeFailed(failed, running)]),
    ...running.flatMap((run) =>
      judgeRun(name, isOfAnother(run, running) ? unpaused(run) : run, place),
    ),
    ...judgeTogether(running),
  ];
}

/** Whether a backfill of `running` has started the run. */
export function isOfAnother(
  { parentId }: Pick<RunLook, 'parentId'>,
  running: readonly Pick<RunLook, 'workflowId'>[],
): boolean {
  return running.some(({ workflowId }) => workflowId === parentId);
}

/** A pause is a finding of the backfill that has passed it on. */
function unpaused(run: RunLook): RunLook {
  return { ...run, paused: null };
}

function judgeFailed(
  { count, isLeast, since, until, reason }: FailedRuns,
  running: readonly RunLook[],
) {
  const runs =
    count === 1 ? 'the last run has' : `the last ${isLeast ? 'at least ' : ''}${count} runs have`;
  const told = {
    since,
    what: `${runs} failed: ${reasonText(reason)}`,
    remedy: `Run \`npx tcsync check\`: it says what to correct${operationsRow(reason)}`,
  };
  // a run that began later and could open its window shows that the fault is gone
  const isMended = running.some(
    ({ startedAt, progress }) => startedAt > until && progress !== null,
  );
  return isMended
    ? note('failed-runs', {
        ...told,
        remedy: 'Nothing: a run that began later is reading',
      })
    : attention('failed-runs', told);
}

function judgeTogether(running: readonly RunLook[]): Finding[] {
  const own = running.filter(({ isApart }) => !isApart);
  const [oldest, ...more] = own;
  if (oldest === undefined || more.length === 0) return [];
  return [
    note('runs', {
      since: more[0]?.startedAt ?? null,
      what: `${own.length} runs read the same records: nothing is written twice, but everything is requested twice`,
      remedy: `One is enough: ${more.map(({ workflowId }) => `\`npx tcsync cancel --run ${workflowId}\``).join(', ')}`,
    }),
  ];
}
