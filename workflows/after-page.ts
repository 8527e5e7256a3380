import { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../contracts/failures.ts';
import type { SyncPageResult } from '../contracts/activities.ts';
import { BEGINNING, type SlicePosition, type SyncFeedProgress } from '../contracts/progress.ts';
import { addCounts } from '../contracts/counts.ts';
import { afterSize } from './page-size.ts';

/** The run fails after this many consecutive pages with too many rejects. */
const REFUSED_PAGES_MAX = 3;
/** A slice is read and proven this often before the run fails: the source gives fewer records than it counts. */
const PASSES_MAX = 4;
/** Maximum number of sentences for a person that a run keeps. */
const ATTENTION_MAX = 10;

/**
 * Applies the result of one page of a slice. A slice that has ended is done if every counted record was read and all
 * owners were visible. Otherwise its ids are listed, and the records that are not stored are read: a record that has
 * left the slice, or is hidden, makes the count smaller, and a missing record goes unnoticed.
 *
 * @param number of the slice
 * @param asked number of records that the page was asked for
 * @throws {ApplicationFailure} of type `TooManyRejects`, or `SourceContract` if settled records never come
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
      : 'lists records but does not return them when they are asked for by id';
  throw ApplicationFailure.nonRetryable(
    `the source ${what}, in a range that was read ${pass} times and has been settled for longer than TC_OVERLAP`,
    'SourceContract' satisfies FailureType,
  );
}

/** Owners that were absent are not asked for any more. Slices under way may have missed their records. */
export function afterLook(before: SyncFeedProgress, absent: readonly string[]): SyncFeedProgress {
  if (absent.length === 0) return before;
  const note = `owners that were not visible all the time do not count as read (ids): ${absent.join(', ')}`;
  return {
    ...before,
    notes: [...before.notes, note],
    // no later run reads such a window again, so a person must know
    ...(before.kind === 'explicit' ? { attention: [...before.attention, note] } : {}),
    absentOwnerIds: [...new Set([...before.absentOwnerIds, ...absent])],
    slices: before.slices.map((each) => ({
      ...each,
      position: { ...each.position, hidden: true },
    })),
  };
}

/**
 * A page with too many rejects needs a person's attention. Three such pages in a row mean that the mapping or a
 * template is wrong: if the run went on, it would leave out every record.
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
      `${sentence}; the ${REFUSED_PAGES_MAX - 1} pages before it had too many rejects too`,
      'TooManyRejects' satisfies FailureType,
    );
  }
  return { refusedPages, attention: [...attention, sentence].slice(-ATTENTION_MAX) };
}
