import { isDeepStrictEqual } from 'node:util';
import { SourceForbiddenError } from '../contracts/errors.ts';
import type { Feed, Owner } from '../contracts/feed.ts';
import type { FeedState, Standing } from '../contracts/feed-state.ts';
import type { Instant } from '../contracts/instant.ts';
import type { Slice } from '../contracts/window.ts';
import type { SourceQuestions } from './source-questions.ts';

/**
 * Finds the owners that a run reads and counts their records in its window. If the owners are known from the last
 * commit, it counts first and lists the owners afterwards: an owner that was hidden during the count is then seen to be
 * absent, and a run that finds nothing need not look again.
 *
 * @throws {SourceForbiddenError} if the feed names an owner that the account has never seen
 */
export async function lookAndCount(
  source: SourceQuestions,
  asked: {
    feed: Feed;
    slice: Slice;
    /** They keep the names of owners that were seen before. */
    seen: Standing;
    /** Ids of the owners at the last commit; `null` if not known. */
    known: readonly string[] | null;
  },
): Promise<SelectedOwners & { count: number }> {
  const { feed, slice, known, seen } = asked;
  const countOf = (ids: readonly string[]) => source.count(slice, { ids: [...ids], all: true });
  const isNamed = feed.owners.length > 0;
  const early =
    isNamed && known === null ? null : await unlessForbidden(() => countOf(known ?? []));
  const selected = selectedOwners(feed, await source.owners(), seen);
  const ids = selected.owners.map(({ id }) => id);
  const isOfThese = !isNamed || isDeepStrictEqual(new Set(ids), new Set(known));
  const count = early !== null && isOfThese ? early : await countOf(ids);
  return { ...selected, count };
}

/** `null` if ThreatConnect refuses the question, as it does if an owner has vanished. */
async function unlessForbidden<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SourceForbiddenError) return null;
    throw error;
  }
}

type SelectedOwners = {
  owners: Owner[];
  /** Owners that the feed names and that were seen at least once. */
  seenOwners: string[];
  /** Those of them that are not visible now. */
  absent: string[];
};

/** @throws {SourceForbiddenError} if the feed names an owner that the account has never seen */
function selectedOwners(
  feed: Feed,
  visible: Owner[],
  { state, unfinished }: Standing,
): SelectedOwners {
  if (feed.owners.length === 0) return { owners: visible, seenOwners: [], absent: [] };
  const left = unfinished === 'unreadable' ? null : unfinished;
  const seen = new Set([
    ...(state?.seen_owners ?? []),
    ...(left?.progress.seenOwners ?? []),
    ...visible.map(({ name }) => name),
  ]);
  const unknown = feed.owners.filter((name) => !seen.has(name));
  if (unknown.length > 0) {
    throw new SourceForbiddenError(
      `feed ${feed.name} names owners that the API user cannot see: ${unknown.join(', ')}; visible: ${ownerNames(visible)}`,
    );
  }
  const owners = visible.filter(({ name }) => feed.owners.includes(name));
  const absent = feed.owners.filter((name) => !owners.some((owner) => owner.name === name));
  return { owners, seenOwners: [...feed.owners], absent };
}

export function ownerChanges(
  state: FeedState,
  owners: Owner[],
): { appeared: Owner[]; vanished: string[] } {
  return {
    appeared: owners.filter((owner) => !state.owner_ids.includes(owner.id)),
    vanished: state.owner_ids.filter((id) => !owners.some((owner) => owner.id === id)),
  };
}

/** A slice for all records of new owners: their old records lie in no window of the feed. */
export function wholeOwners(
  from: Instant | null,
  to: Instant,
  owners: Owner[],
  settledBefore: Instant,
): Slice {
  return { from, to, ownerIds: owners.map((owner) => owner.id), settledBefore };
}

export function ownerNames(owners: Owner[]): string {
  const shown = owners.slice(0, 20).map((owner) => owner.name);
  return owners.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}
