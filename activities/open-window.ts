import { toInstant, type Instant } from '../contracts/instant.ts';
import { stateIndex } from '../contracts/names.ts';
import type { OpenedWindow, OpenWindowInput } from '../contracts/activities.ts';
import { SLICE_RECORDS_MAX, type Range, type Slice } from '../contracts/window.ts';
import { attempt } from './attempt.ts';
import { chooseWindow } from './choose-window.ts';
import { configHash } from './config-hash.ts';
import { allowsDeepFields, deepFields } from './deep-fields.ts';
import { findFeed, type Deps, type Settings } from './deps.ts';
import { StateStore, type FeedState, type Standing } from './elasticsearch/state.ts';
import { SourceForbiddenError } from './errors.ts';
import { takeOver, toResume } from './resume-window.ts';
import { toSelection } from './selection.ts';
import type { Owner, ThreatConnect } from './threatconnect/source.ts';
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
    return decideWindow(deps, { feed, ...standing, input }, signal);
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
  { feed, state, unfinished, input }: Standing & { feed: Feed; input: OpenWindowInput },
  signal: AbortSignal,
): Promise<OpenedWindow> {
  // asked first: its answer also tells the source's clock
  const owners = selectedOwners(feed, await source.owners(signal));
  const hash = configHash(source.url, feed, settings);
  const nowMs = source.clock.nowMs();
  const { window, kind } = chooseWindow({
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
      sameConfig: state.config_hash === hash,
    },
  });
  const common = {
    pageSize: input.pageSize ?? settings.pageSize,
    lanes: input.lanes ?? settings.lanes,
    ownerIds: owners.map((owner) => owner.id),
    configHash: hash,
  };
  const notes: string[] = [];
  if (kind !== 'apart') {
    const committed = state?.config_hash === hash ? state : null;
    const { progress, note } = toResume(unfinished, committed, window.to, hash);
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
      const all = { ...progress.window, ownerIds: null };
      const deep = await mayHaveDeepFields(source, feed, all, notes, signal);
      return { ...common, ...takeOver(progress, common.ownerIds), deepFields: deep, notes };
    }
  }
  const settledBefore = toInstant(nowMs - settings.safetyLagMs - settings.overlapMs);
  const slices: Slice[] = [{ ...window, ownerIds: null, settledBefore }];
  if (kind === 'whole' && state !== null) {
    notes.push('the feed was configured otherwise at the last commit: everything is read again');
  }
  if (kind === 'next' && state !== null) {
    const { appeared, vanished } = ownerChanges(state, owners);
    if (appeared.length > 0 && window.from !== null) {
      notes.push(`owners that became visible are read whole: ${names(appeared)}`);
      slices.push(wholeOwners(state.starts_at, window.from, appeared, settledBefore));
    }
    if (vanished.length > 0) {
      notes.push(`owners that are no longer visible (ids): ${vanished.join(', ')}`);
    }
  }
  const ranges: Range[] = await Promise.all(
    slices.map(async (slice) =>
      Object.assign({ count: await source.count(toSelection(feed, slice), signal) }, slice),
    ),
  );
  const expected = ranges.reduce((sum, { count }) => sum + count, 0);
  const keyset = expected === 0 || (await source.takesIdRange(signal));
  if (!keyset) notes.push('ThreatConnect refuses `id >`: slices are cut down to a page each');
  const [first] = slices;
  const deep =
    expected === 0 ||
    first === undefined ||
    (await mayHaveDeepFields(source, feed, first, notes, signal));
  // to cut what two pages hold would cost more than it saves
  const small = keyset ? Math.min(2 * common.pageSize, SLICE_RECORDS_MAX) : common.pageSize;
  return {
    ...common,
    window,
    kind,
    slices: ranges.filter(({ count }) => count > 0 && count <= small).map(toSlice),
    rest: ranges.filter(({ count }) => count > small),
    resumed: null,
    expected,
    keyset,
    deepFields: deep,
    notes,
  };
}

/** @throws {SourceForbiddenError} where the feed names an owner that the account cannot see */
function selectedOwners(feed: Feed, visible: Owner[]): Owner[] {
  if (feed.owners.length === 0) return visible;
  const missing = feed.owners.filter((name) => !visible.some((owner) => owner.name === name));
  if (missing.length > 0) {
    throw new SourceForbiddenError(
      `feed ${feed.name} names owners that the API user cannot see: ${missing.join(', ')}; visible: ${names(visible)}`,
    );
  }
  return visible.filter((owner) => feed.owners.includes(owner.name));
}

function ownerChanges(
  state: FeedState,
  owners: Owner[],
): { appeared: Owner[]; vanished: string[] } {
  return {
    appeared: owners.filter((owner) => !state.owner_ids.includes(owner.id)),
    vanished: state.owner_ids.filter((id) => !owners.some((owner) => owner.id === id)),
  };
}

async function mayHaveDeepFields(
  source: ThreatConnect,
  feed: Feed,
  slice: Pick<Slice, 'from' | 'to' | 'ownerIds'>,
  notes: string[],
  signal: AbortSignal,
): Promise<boolean> {
  const may = await allowsDeepFields(source, toSelection(feed, slice), feed.fields, signal);
  if (!may) {
    notes.push(
      `ThreatConnect does not let the API user have ${deepFields(feed.fields).join(', ')}: read without`,
    );
  }
  return may;
}

/** An owner's old records lie in no window of the feed. */
function wholeOwners(
  from: Instant | null,
  to: Instant,
  owners: Owner[],
  settledBefore: Instant,
): Slice {
  return { from, to, ownerIds: owners.map((owner) => owner.id), settledBefore };
}

function toSlice({ count: _count, ...slice }: Range): Slice {
  return slice;
}

function names(owners: Owner[]): string {
  const shown = owners.slice(0, 20).map((owner) => owner.name);
  return owners.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}
