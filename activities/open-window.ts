import { toInstant } from '../contracts/instant.ts';
import { dataStream, stateIndex } from '../contracts/names.ts';
import type { OpenedWindow, OpenWindowInput } from '../contracts/activities.ts';
import { SLICE_RECORDS_MAX, type Range, type Slice } from '../contracts/window.ts';
import { absentTypes } from './threatconnect/absent-types.ts';
import { attempt } from './attempt/attempt.ts';
import { chooseWindow } from '../window/choose-window.ts';
import { isSame } from './commit-window.ts';
import { configHash } from '../window/config-hash.ts';
import { allowsDeepFields, deepFields } from './threatconnect/deep-fields.ts';
import { BadInputError, SourceContractError } from '../contracts/errors.ts';
import { findFeed, type Deps, type Settings } from './attempt/deps.ts';
import { StateStore, type FeedState, type Standing } from './elasticsearch/state-store.ts';
import { ensureStream } from './elasticsearch/stream-identity.ts';
import { takeOver, toResume } from '../window/resume-window.ts';
import { lookAndCount, ownerChanges, ownerNames, wholeOwners } from '../window/run-owners.ts';
import { isOfNobody, toSelection } from './threatconnect/selection.ts';
import type { SourceClock } from './threatconnect/source-clock.ts';
import type { ThreatConnect } from './threatconnect/threatconnect.ts';
import type { Selection } from './threatconnect/tql.ts';
import type { Feed } from '../contracts/feed.ts';

/** Decides what a run reads, and binds the namespace to the instance that it is read from. */
export function openWindow(deps: Deps, input: OpenWindowInput): Promise<OpenedWindow> {
  return attempt(async (signal) => {
    const { source, sink, settings } = deps;
    const feed = findFeed(deps.feeds, input.feed);
    await deps.server(signal); // refuses one that is too old before anything is read
    const store = new StateStore(sink, stateIndex(settings.namespace));
    await store.claimInstance(source.url, signal);
    const standing = await store.read(feed.name, signal);
    const stream = await ensureStream(sink, dataStream(settings.namespace), signal);
    return decideWindow(deps, { feed, ...standing, stream, input }, signal);
  });
}

type WindowDeps = Pick<Deps, 'source'> & {
  settings: Pick<
    Settings,
    | 'pageSize'
    | 'lanes'
    | 'safetyLagMs'
    | 'overlapMs'
    | 'initialIntervalMs'
    | 'profile'
    | 'expiry'
    | 'iocExpiration'
  >;
};

/**
 * What an earlier run has left; else a window of its own, and owners that have become visible since the last
 * commit. Only asks the source: `tcsync plan` tells with it what a run would do.
 */
export async function decideWindow(
  { source, settings }: WindowDeps,
  {
    feed,
    state,
    unfinished,
    stream,
    input,
  }: Standing & { feed: Feed; stream: string[]; input: OpenWindowInput },
  signal: AbortSignal,
): Promise<OpenedWindow> {
  const configuration = { configHash: configHash(source.url, feed, settings), stream };
  const follows = state !== null && isSame(state, configuration);
  const { window, kind, slice, owners, seenOwners, count, absent } = await byFreshClock(
    source.clock,
    () => source.owners(signal),
    async () => {
      const nowMs = source.clock.nowMs();
      const chosen = chooseWindow({
        sourceMs: nowMs,
        offsetMs: source.clock.offsetMs,
        safetyLagMs: settings.safetyLagMs,
        overlapMs: settings.overlapMs,
        initialIntervalMs: settings.initialIntervalMs,
        syncEveryMs: feed.syncEveryMs,
        explicit: input.from === null ? null : { from: input.from, to: input.to },
        scheduled:
          input.scheduledAt === null
            ? null
            : { atMs: Date.parse(input.scheduledAt), startedMs: Date.parse(input.startedAt) },
        known: state && {
          watermark: state.watermark,
          startsAt: state.starts_at,
          sameConfig: follows,
        },
      });
      const settledBefore = toInstant(nowMs - settings.safetyLagMs - settings.overlapMs);
      const all: Slice = { ...chosen.window, ownerIds: null, settledBefore };
      const known = follows ? state.owner_ids : null;
      const asked = { feed, slice: all, seen: { state, unfinished }, known };
      return { ...chosen, slice: all, ...(await lookAndCount(source, asked, signal)) };
    },
  );
  const { settledBefore } = slice;
  const common = {
    ...configuration,
    seenOwners,
    pageSize: input.pageSize ?? settings.pageSize,
    lanes: input.lanes ?? settings.lanes,
    ownerIds: owners.map((owner) => owner.id),
  };
  const runOwners = { ids: common.ownerIds, all: true };
  const notes: string[] = [];
  if (absent.length > 0) {
    notes.push(
      `owners of TC_OWNERS that cannot be seen now are read whole when they can: ${absent.join(', ')}`,
    );
  }
  const deepFieldsOf = (part: Slice) =>
    mayHaveDeepFields(source, feed, toSelection(feed, part, runOwners), notes, signal);
  if (kind !== 'apart') {
    const committed = follows ? state : null;
    const { progress, note } = toResume(unfinished, committed, window.to, configuration);
    // a cursor means nothing to a source that begins at offsets
    const fits = progress === null || (await source.takesIdRange(signal)) === progress.keyset;
    if (!fits) {
      notes.push(
        'what an earlier run has left is not used: ThreatConnect takes `id >` otherwise now',
      );
    } else if (note !== null) {
      notes.push(note);
    }
    if (fits && progress !== null) {
      const all = { ...slice, ...progress.window };
      const deep = await deepFieldsOf(all);
      return { ...common, ...takeOver(progress, common.ownerIds), deepFields: deep, notes };
    }
  }
  const ranges: Range[] = [{ ...slice, count }];
  if (kind === 'whole' && state !== null) notes.push(whyWhole(state, configuration.configHash));
  if (kind === 'next' && state !== null) {
    const { appeared, vanished } = ownerChanges(state, owners);
    if (appeared.length > 0 && window.from !== null) {
      notes.push(`owners that became visible are read whole: ${ownerNames(appeared)}`);
      const whole = wholeOwners(state.starts_at, window.from, appeared, settledBefore);
      const selection = toSelection(feed, whole, runOwners);
      ranges.push({ ...whole, count: await source.count(selection, signal) });
    }
    if (vanished.length > 0) {
      notes.push(`owners that are no longer visible (ids): ${vanished.join(', ')}`);
    }
  }
  const expected = ranges.reduce((sum, range) => sum + range.count, 0);
  if (kind === 'whole') {
    const absent = await absentTypes(source, feed, signal);
    if (absent.length > 0) {
      notes.push(`no indicator has the type ${absent.join(' or ')}: is it right in TC_TYPES?`);
    }
  }
  const keyset = expected === 0 || (await source.takesIdRange(signal));
  if (!keyset) notes.push('ThreatConnect refuses `id >`: slices are cut down to a page each');
  const deep = expected === 0 || (await deepFieldsOf(slice));
  // to cut what two pages hold would cost more than it saves
  const small = keyset ? Math.min(2 * common.pageSize, SLICE_RECORDS_MAX) : common.pageSize;
  // an owner that has just appeared may be hidden again from its count
  const isRead = (range: Range) => range.count > 0 || range.ownerIds !== null;
  return {
    ...common,
    window,
    kind,
    slices: ranges.filter((range) => isRead(range) && range.count <= small).map(toSlice),
    rest: ranges.filter((range) => range.count > small),
    resumed: null,
    expected,
    keyset,
    deepFields: deep,
    notes,
  };
}

/** Clocks are compared by whole seconds. */
const CLOCK_MOVED_MS = 1_500;

/**
 * Decides by the source's clock as earlier answers have told it, and once more where the answers that it takes tell
 * otherwise: so that no request is needed for the clock alone.
 *
 * @param ask tells the clock
 */
async function byFreshClock<T>(
  clock: SourceClock,
  ask: () => Promise<unknown>,
  decide: () => Promise<T>,
): Promise<T> {
  if (!clock.isSet) await ask();
  const { offsetMs } = clock;
  const hasMoved = () => Math.abs(clock.offsetMs - offsetMs) > CLOCK_MOVED_MS;
  try {
    const decided = await decide();
    if (!hasMoved()) return decided;
  } catch (error) {
    // a window that makes no sense by a clock that is out of date
    if (!(error instanceof BadInputError || error instanceof SourceContractError)) throw error;
    await ask();
    if (!hasMoved()) throw error;
  }
  return decide();
}

function whyWhole(state: FeedState, hash: string): string {
  return state.config_hash === hash
    ? 'the data stream that was written to is no more (deleted and made anew, or restored from a snapshot): everything is read again'
    : 'the feed was configured otherwise at the last commit: everything is read again';
}

async function mayHaveDeepFields(
  source: ThreatConnect,
  feed: Feed,
  selection: Selection,
  notes: string[],
  signal: AbortSignal,
): Promise<boolean> {
  if (isOfNobody(selection)) return true;
  const may = await allowsDeepFields(source, selection, feed.fields, signal);
  if (!may) {
    notes.push(
      `ThreatConnect does not let the API user have ${deepFields(feed.fields).join(', ')}: read without`,
    );
  }
  return may;
}

function toSlice({ count: _count, ...slice }: Range): Slice {
  return slice;
}
