import type { Client } from '@elastic/elasticsearch';
import { rememberServer } from '../../activities/elasticsearch/server-info.ts';
import { StateStore } from '../../activities/elasticsearch/state-store.ts';
import { backingIndices } from '../../activities/elasticsearch/stream-identity.ts';
import { FeedSource } from '../../activities/threatconnect/feed-source.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import type { Config, Feed } from '../../config/config.ts';
import { SinkMisconfiguredError } from '../../contracts/errors.ts';
import type { OpenedWindow } from '../../contracts/activities.ts';
import type { Standing } from '../../contracts/feed-state.ts';
import { dataStream, stateIndex } from '../../contracts/names.ts';
import type { Slice, Window, WindowKind } from '../../contracts/window.ts';
import { decideWindow } from '../../window/decide-window.ts';
import { CommandError } from '../exit-code.ts';
import { Counter, type OwnerCount } from './counter.ts';
import { estimate, type Estimate } from './estimate.ts';
import { takeSample, type Sample } from './sample.ts';

/** What the next run of a feed would read. Printed with `--json`. */
export type Plan = Estimate & {
  feed: string;
  /** Range of `lastModified`; `from: null` is the beginning. */
  window: Window;
  /** `whole`: all of the feed; `next`: the records that changed after the last run. */
  kind: WindowKind;
  /** Number of records that the source now counts in the window. */
  records: number;
  /** Owners that have records, the largest first. */
  owners: OwnerCount[];
  /** The feed's TQL and how many records of the window it leaves out; `null` if the feed has no TQL. */
  filter: { tql: string; leavesOut: number } | null;
  pageSize: number;
  lanes: number;
  sample: Sample | null;
  /** One sentence for each thing that a person should know. */
  notes: string[];
};

type PlanDeps = { config: Config; source: ThreatConnect; sink: Client };

const SINK_MS = 30_000;

export async function makePlan(deps: PlanDeps, feed: Feed): Promise<Plan> {
  const { source } = deps;
  const { httpTimeoutMs, requestsPerSecond } = deps.config.source;
  const wait = () => AbortSignal.timeout(httpTimeoutMs);
  const notes: string[] = [];
  const opened = await decideWindow(new FeedSource(source, feed, wait()), deps.config.program, {
    feed,
    ...(await readState(deps, feed, notes)),
    input: {
      feed: feed.name,
      from: null,
      to: null,
      pageSize: null,
      lanes: null,
      scheduledAt: null,
      scheduleId: null,
      startedAt: new Date().toISOString(),
    },
    slot: null,
  });
  const { window, kind, expected, pageSize, lanes, slices, rest } = opened;
  const ranges = [...slices, ...rest];
  const counter = new Counter(source, ranges, wait);
  const visible = (await source.owners(wait())).filter(({ id }) => opened.ownerIds.includes(id));
  const owners = expected === 0 ? [] : await counter.byOwner(feed, visible);
  const unfiltered = new Counter(source, withWindow(opened, ranges), wait);
  const filter =
    feed.tql === null
      ? null
      : {
          tql: feed.tql,
          leavesOut: (await unfiltered.count({ ...feed, tql: null })) - expected,
        };
  const sample = await takeSample(source, feed, ranges, pageSize, wait());
  return {
    feed: feed.name,
    window,
    kind,
    records: expected,
    owners,
    filter,
    pageSize,
    lanes,
    ...estimate({ ...opened, requestsPerSecond, countMs: counter.meanMs, sample }),
    sample,
    notes: [...notes, ...opened.notes],
  };
}

/**
 * Adds the window if no slice covers it: a run has no slice if the filter leaves nothing in the window, but the plan
 * must tell how many records the filter leaves out.
 */
function withWindow(
  { window, resumed }: Pick<OpenedWindow, 'window' | 'resumed'>,
  ranges: readonly Slice[],
): readonly Slice[] {
  const hasWindow = resumed !== null || ranges.some(({ ownerIds }) => ownerIds === null);
  return hasWindow ? ranges : [{ ...window, ownerIds: null, settledBefore: window.to }, ...ranges];
}

/** Empty before the feed's first run. Also empty, with a note, if `tcsync apply` has not run yet. */
async function readState(
  { config, source, sink }: PlanDeps,
  feed: Feed,
  notes: string[],
): Promise<Standing & { stream: string[] }> {
  const { namespace } = config.program;
  // outside `try`: this error means that the server is not Elasticsearch or is too old, not that nothing is applied
  await rememberServer(sink)(AbortSignal.timeout(SINK_MS));
  const store = new StateStore(sink, stateIndex(namespace));
  try {
    const owner = await store.readInstance(AbortSignal.timeout(SINK_MS));
    if (owner !== null && owner !== source.url) {
      throw new CommandError(
        `namespace ${namespace} belongs to ${owner}, not to ${source.url}: a run would refuse it (TCSYNC_NAMESPACE)`,
      );
    }
    const standing = await store.read(feed.name, AbortSignal.timeout(SINK_MS));
    const name = dataStream(namespace);
    return { ...standing, stream: await backingIndices(sink, name, AbortSignal.timeout(SINK_MS)) };
  } catch (error) {
    if (!(error instanceof SinkMisconfiguredError)) throw error;
    notes.push('nothing is applied yet: run `npx tcsync apply` before the first run');
    return { state: null, unfinished: null, stream: [] };
  }
}
