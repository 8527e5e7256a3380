import type { OpenedWindow, OpenWindowInput } from '../contracts/activities.ts';
import type { Feed } from '../contracts/feed.ts';
import type { FeedState, Standing } from '../contracts/feed-state.ts';
import { toInstant } from '../contracts/instant.ts';
import type { Range, RunOwners, Slice } from '../contracts/window.ts';
import { byFreshClock } from './by-fresh-clock.ts';
import { chooseWindow, type Slot } from './choose-window.ts';
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
 * Decides what a run reads: the unfinished window of an earlier run, or a window of its own. With a window of its own
 * it also reads all records of the owners that became visible after the last commit. It asks questions and changes
 * nothing, so that `tcsync plan` can show what a run would do.
 *
 * @param stream UUIDs of the data stream's backing indices
 * @param slot that of a backfilled run
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
    slot,
  }: Standing & { feed: Feed; stream: string[]; input: OpenWindowInput; slot: Slot | null },
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
        explicit: input.from === null ? null : { from: input.from, to: input.to },
        slot,
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
      `owners of TC_OWNERS that are not visible now; they are read whole once they are visible: ${absent.join(', ')}`,
    );
  }
  if (kind !== 'explicit') {
    const { progress, note } = toResume(unfinished, committed, window.to, configuration);
    // saved cursors are ids or offsets: the source must still accept the same kind
    const fits = progress === null || (await source.takesIdRange()) === progress.keyset;
    if (!fits) {
      notes.push(
        'the progress of an earlier run is not used: ThreatConnect accepted `id >` then and refuses it now, or the reverse',
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
      notes.push(`no indicator has the type ${types.join(' or ')}: check TC_TYPES`);
    }
  }
  const expected = ranges.reduce((sum, range) => sum + range.count, 0);
  const keyset = expected === 0 || (await source.takesIdRange());
  if (!keyset) notes.push('ThreatConnect refuses `id >`: slices are cut down to a page each');
  const deepFields = expected === 0 || (await mayHaveDeepFields(source, slice, runOwners, notes));
  // cutting a range of up to two pages would cost more requests than it saves
  const small = keyset ? Math.min(2 * common.pageSize, SLICE_RECORDS_MAX) : common.pageSize;
  // a new owner may have been hidden again during its count, so a count of 0 proves nothing
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
    ? 'the data stream of the last commit no longer exists (deleted and created again, or restored from a snapshot): everything is read again'
    : 'the configuration of the feed has changed since the last commit: everything is read again';
}

async function mayHaveDeepFields(
  source: SourceQuestions,
  slice: Slice,
  owners: RunOwners,
  notes: string[],
): Promise<boolean> {
  const refused = await source.refusedFields(slice, owners);
  if (refused.length === 0) return true;
  notes.push(
    `ThreatConnect refuses the API user the fields ${refused.join(', ')}: records are read without them`,
  );
  return false;
}

function toSlice({ count: _count, ...slice }: Range): Slice {
  return slice;
}
