import type { OpenedWindow, OpenWindowInput } from '../contracts/activities.ts';
import type { Feed } from '../contracts/feed.ts';
import type { FeedState, Standing } from '../contracts/feed-state.ts';
import { toInstant } from '../contracts/instant.ts';
import type { Range, RunOwners, Slice } from '../contracts/window.ts';
import { byFreshClock } from './by-fresh-clock.ts';
import { chooseWindow } from './choose-window.ts';
import { configHash } from './config-hash.ts';
import { takeOver, toResume } from './resume-window.ts';
import { lookAndCount, ownerChanges, ownerNames, wholeOwners } from './run-owners.ts';
import { isSameData } from './same-data.ts';
import { SLICE_RECORDS_MAX } from './slice-size.ts';
import type { SourceQuestions } from './source-questions.ts';

export type WindowSettings = {
  pageSize: number;
  lanes: number;
  safetyLagMs: number;
  overlapMs: number;
  initialIntervalMs: number | null;
  profile: string;
  expiry: string;
  iocExpiration: string;
};

/**
 * Decides what a run reads: what an earlier run has left, or else a window of its own and, whole, the owners that have
 * become visible since the last commit. It only asks, so that `tcsync plan` can tell what a run would do.
 *
 * @param stream UUIDs of the data stream's backing indices
 */
export async function decideWindow(
  source: SourceQuestions,
  settings: WindowSettings,
  {
    feed,
    state,
    unfinished,
    stream,
    input,
  }: Standing & { feed: Feed; stream: string[]; input: OpenWindowInput },
): Promise<OpenedWindow> {
  const configuration = { configHash: configHash(source.url, feed, settings), stream };
  const committed = state !== null && isSameData(state, configuration) ? state : null;
  const { window, kind, slice, owners, seenOwners, count, absent } = await byFreshClock(
    source,
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
          sameConfig: committed !== null,
        },
      });
      const settledBefore = toInstant(nowMs - settings.safetyLagMs - settings.overlapMs);
      const all: Slice = { ...chosen.window, ownerIds: null, settledBefore };
      const known = committed?.owner_ids ?? null;
      const asked = { feed, slice: all, seen: { state, unfinished }, known };
      return { ...chosen, slice: all, ...(await lookAndCount(source, asked)) };
    },
  );
  const common = {
    ...configuration,
    seenOwners,
    pageSize: input.pageSize ?? settings.pageSize,
    lanes: input.lanes ?? settings.lanes,
    ownerIds: owners.map((owner) => owner.id),
  };
  const runOwners: RunOwners = { ids: common.ownerIds, all: true };
  const notes: string[] = [];
  if (absent.length > 0) {
    notes.push(
      `owners of TC_OWNERS that cannot be seen now are read whole when they can: ${absent.join(', ')}`,
    );
  }
  if (kind !== 'explicit') {
    const { progress, note } = toResume(unfinished, committed, window.to, configuration);
    // a cursor means nothing to a source that begins at offsets
    const fits = progress === null || (await source.takesIdRange()) === progress.keyset;
    if (!fits) {
      notes.push(
        'what an earlier run has left is not used: ThreatConnect takes `id >` otherwise now',
      );
    } else if (note !== null) {
      notes.push(note);
    }
    if (fits && progress !== null) {
      const all = { ...slice, ...progress.window };
      const deepFields = await mayHaveDeepFields(source, all, runOwners, notes);
      return { ...common, ...takeOver(progress, common.ownerIds), deepFields, notes };
    }
  }
  const ranges: Range[] = [{ ...slice, count }];
  if (kind === 'whole' && state !== null) notes.push(whyWhole(state, configuration.configHash));
  if (kind === 'next' && state !== null) {
    const { appeared, vanished } = ownerChanges(state, owners);
    if (appeared.length > 0 && window.from !== null) {
      notes.push(`owners that became visible are read whole: ${ownerNames(appeared)}`);
      const whole = wholeOwners(state.starts_at, window.from, appeared, slice.settledBefore);
      ranges.push({ ...whole, count: await source.count(whole, runOwners) });
    }
    if (vanished.length > 0) {
      notes.push(`owners that are no longer visible (ids): ${vanished.join(', ')}`);
    }
  }
  if (kind === 'whole') {
    const types = await source.absentTypes();
    if (types.length > 0) {
      notes.push(`no indicator has the type ${types.join(' or ')}: is it right in TC_TYPES?`);
    }
  }
  const expected = ranges.reduce((sum, range) => sum + range.count, 0);
  const keyset = expected === 0 || (await source.takesIdRange());
  if (!keyset) notes.push('ThreatConnect refuses `id >`: slices are cut down to a page each');
  const deepFields = expected === 0 || (await mayHaveDeepFields(source, slice, runOwners, notes));
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
    deepFields,
    notes,
  };
}

function whyWhole(state: FeedState, hash: string): string {
  return state.config_hash === hash
    ? 'the data stream that was written to is no more (deleted and made anew, or restored from a snapshot): everything is read again'
    : 'the feed was configured otherwise at the last commit: everything is read again';
}

async function mayHaveDeepFields(
  source: SourceQuestions,
  slice: Slice,
  owners: RunOwners,
  notes: string[],
): Promise<boolean> {
  const refused = await source.refusedFields(slice, owners);
  if (refused.length === 0) return true;
  notes.push(`ThreatConnect does not let the API user have ${refused.join(', ')}: read without`);
  return false;
}

function toSlice({ count: _count, ...slice }: Range): Slice {
  return slice;
}
