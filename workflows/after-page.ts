import { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../contracts/failures.ts';
import type { SyncPageResult } from '../contracts/activities.ts';
import { BEGINNING, type SlicePosition, type SyncFeedProgress } from '../contracts/progress.ts';
import { addCounts } from '../contracts/counts.ts';
import { afterSize } from './page-size.ts';

/** Pages in a row of which too much is rejected. */
const REFUSED_PAGES_MAX = 3;
/** Times that a slice is read and proven before it is said that the source gives less than it counts. */
const PASSES_MAX = 4;
/** Sentences for a person that a run keeps. */
const ATTENTION_MAX = 10;

/**
 * What a page of one slice changes. A slice that has ended is done when its count is what was read and all owners
 * were there; else its ids are listed and what is not stored is read, since what has left a slice, or is hidden, also
 * hides from a count what is missing.
 *
 * @param number of the slice
 * @param asked records that the page was asked for
 * @throws {ApplicationFailure} of type `TooManyRejects`, or `SourceContract` where settled records never come
 */
export function afterPage(
  before: SyncFeedProgress,
  number: number,
  page: SyncPageResult,
  asked: number,
): SyncFeedProgress {
  const looked = afterLook(before, page.absentOwnerIds);
  const state = {
    ...looked,
    ...afterRejects(looked, page),
    ...afterSize(before, page.pageSize, asked),
    counts: addCounts(before.counts, page.counts),
  };
  const slice = state.slices.find((each) => each.number === number);
  const position = slice?.position ?? BEGINNING;
  const { pass } = position;
  const hidden = position.hidden || page.leftOut > 0;
  const moveTo = (position: SlicePosition): SyncFeedProgress => ({
    ...state,
    slices: state.slices.map((each) => (each.number === number ? { ...each, position } : each)),
  });
  if (page.ended === null) return moveTo({ ...page.position, hidden });
  const { missing, settledMissing } = page.ended;
  const isProven = pass > 1 && settledMissing <= 0 && !hidden;
  const isAllRead = missing === 0 && !hidden;
  if (isProven || isAllRead) {
    return {
      ...state,
      late: state.late + Math.max(missing, 0),
      slices: state.slices.filter((each) => each.number !== number),
    };
  }
  if (pass < PASSES_MAX) return moveTo({ ...BEGINNING, pass: pass + 1 });
  const what =
    settledMissing > 0
      ? `counts ${settledMissing} more records than it gives`
      : 'lists records that do not come when they are asked for by their ids';
  throw ApplicationFailure.nonRetryable(
    `the source ${what}, in a range that was read ${pass} times and has been settled for longer than TC_OVERLAP`,
    'SourceContract' satisfies FailureType,
  );
}

/** Nothing is asked for any more of owners that were absent; slices under way may have missed their records. */
export function afterLook(before: SyncFeedProgress, absent: readonly string[]): SyncFeedProgress {
  if (absent.length === 0) return before;
  const note = `owners that could not be seen at times do not count as read (ids): ${absent.join(', ')}`;
  return {
    ...before,
    notes: [...before.notes, note],
    // nobody reads such a window again by himself
    ...(before.kind === 'explicit' ? { attention: [...before.attention, note] } : {}),
    absentOwnerIds: [...new Set([...before.absentOwnerIds, ...absent])],
    slices: before.slices.map((each) => ({
      ...each,
      position: { ...each.position, hidden: true },
    })),
  };
}

/**
 * A page of which too much was rejected wants a person's attention; three in a row mean that the mapping or a
 * template is wrong, and to go on would leave everything out.
 *
 * @throws {ApplicationFailure} of type `TooManyRejects`
 */
function afterRejects(
  { refusedPages: before, attention, counts: { pages } }: SyncFeedProgress,
  { tooManyRejects, counts: { read, rejected } }: SyncPageResult,
): Pick<SyncFeedProgress, 'refusedPages' | 'attention'> {
  if (!tooManyRejects) return { refusedPages: 0, attention };
  const refusedPages = before + 1;
  const sentence = `${rejected} of ${read} records of page ${pages + 1} were rejected: \`tcsync rejects list\` shows them`;
  if (refusedPages === REFUSED_PAGES_MAX) {
    throw ApplicationFailure.nonRetryable(
      `${sentence}; so were too many of the ${REFUSED_PAGES_MAX - 1} pages before it`,
      'TooManyRejects' satisfies FailureType,
    );
  }
  return { refusedPages, attention: [...attention, sentence].slice(-ATTENTION_MAX) };
}
