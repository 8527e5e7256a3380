import type { Activities } from '../activities/index.ts';
import type { SyncPageInput, SyncPageResult } from '../contracts/activities.ts';
import type { SyncFeedProgress, UnfinishedSlice } from '../contracts/progress.ts';
import { recordsOfSlice, SLICES_PLANNED_OF_LANE } from '../window/slice-size.ts';
import { writtenTo } from '../window/written-to.ts';
import { afterLook, afterPage } from './after-page.ts';
import { runLanes, type Engine } from './run-lanes.ts';
import type { RunState } from './run-state.ts';
import { addSlices, isRead, ownersOf, toReached, toWritten } from './to-progress.ts';

/** A run makes a checkpoint after this many pages. A slice of 50,000 records has 25 pages of 2,000. */
export const CHECKPOINT_PAGES = 20;

/** A page that takes longer is cancelled and read again after the continue-as-new. */
const DRAIN_MS = 60_000;

type Run = Pick<RunState<SyncFeedProgress, SyncFeedProgress>, 'current' | 'update' | 'released'>;

/** What a run reads with. A test passes its own activities and engine, so that Temporal is not needed. */
export type Reader = Engine &
  Pick<Activities, 'planSlices' | 'checkpointWindow'> & {
    feed: string;
    runId: string;
    /** @param summary text that the UI shows beside the activity */
    readPage: (input: SyncPageInput, summary: string) => Promise<SyncPageResult>;
    /** Number of pages after which a checkpoint is made. */
    checkpointPages: number;
    /** True if the run is to continue as new. */
    ending: () => boolean;
  };

/** Reads until nothing is left, or until the run must continue as new. */
export function readWindow(run: Run, reader: Reader): Promise<void> {
  const { feed, runId, ending } = reader;

  /** Plans the next slices of the range that is not planned yet. */
  const plan = async () => {
    await run.released();
    const { configHash, lanes, rest: ranges } = run.current;
    const [range, ...more] = ranges;
    if (range === undefined || ending()) return false;
    const unplanned = ranges.reduce((sum, { count }) => sum + count, 0);
    const { slices, rest, absentOwnerIds } = await reader.planSlices({
      feed,
      configHash,
      owners: ownersOf(run.current),
      range,
      recordsMax: recordsOfSlice({ ...run.current, unplanned }),
      // the lane that is free first plans the next slices while the others read
      slicesMax: SLICES_PLANNED_OF_LANE * lanes,
    });
    const planned = addSlices(afterLook(run.current, absentOwnerIds), slices);
    run.update({ ...planned, rest: [...rest, ...more] });
    return true;
  };

  const read = async ({ number }: UnfinishedSlice, stays: () => boolean) => {
    for (;;) {
      await run.released();
      const unfinished = run.current.slices.find((each) => each.number === number);
      if (unfinished === undefined) return checkpoint(run, reader);
      if (!stays()) return;
      const { slice, position } = unfinished;
      const { configHash, pageSize, keyset, deepFields } = run.current;
      const page = await reader.readPage(
        {
          feed,
          runId,
          configHash,
          owners: ownersOf(run.current),
          slice,
          position,
          pageSize,
          keyset,
          deepFields,
          acceptRejects: false,
        },
        `slice ${number}, from ${position.cursor ?? 'its beginning'}`,
      );
      run.update(afterPage(run.current, number, page, pageSize));
    }
  };

  const lanes = () => run.current.lanes;
  const slices = () => run.current.slices;
  return runLanes({ lanes, slices, plan, read, ending, drainMs: DRAIN_MS }, reader);
}

/** Stores how far the window is written while more is to be read: a terminated run cannot save its progress. */
async function checkpoint(run: Run, reader: Reader): Promise<void> {
  const { feed, runId, checkpointPages } = reader;
  const { kind, advanced, counts } = run.current;
  if (kind === 'explicit' || isRead(run.current)) return; // the commit does it
  const to = writtenTo(run.current);
  if (to === null || counts.pages - (advanced?.pages ?? 0) < checkpointPages) return;
  const opened = toWritten(run.current);
  const reached = toReached(feed, runId, run.current);
  const { ownerIds, stream } = await reader.checkpointWindow({ feed, opened, to, reached });
  const absent = opened.ownerIds.filter((id) => !ownerIds.includes(id));
  run.update({ ...afterLook(run.current, absent), stream, advanced: { to, pages: counts.pages } });
}
