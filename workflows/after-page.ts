import { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../contracts/failures.ts';
import type { SyncPageResult } from '../contracts/activities.ts';
import { BEGINNING, type SlicePosition, type SyncFeedProgress } from '../contracts/progress.ts';
import { addCounts } from '../contracts/window.ts';

/** Pages in a row of which too much is rejected. */
const REFUSED_PAGES_MAX = 3;
/** Pages in a row after which they become larger again. */
const LIGHT_PAGES = 2;
/** Sentences for a person that a run keeps. */
const ATTENTION_MAX = 10;

/**
 * What a page of one slice changes. A slice that has ended is done when the source counts no more in it than
 * was read; else it is read once more; what is then still missing may only be young, as young records are
 * read again by the next window's overlap.
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
  const state = {
    ...before,
    ...afterRejects(before, page),
    ...afterWeight(before, page.pageSize ?? asked, asked),
    counts: addCounts(before.counts, page.counts),
  };
  const moveTo = (position: SlicePosition): SyncFeedProgress => ({
    ...state,
    slices: state.slices.map((each) => (each.number === number ? { ...each, position } : each)),
  });
  if (page.ended === null) return moveTo(page.position);
  const { missing, settledMissing } = page.ended;
  if (missing > 0 && !page.position.again) return moveTo({ ...BEGINNING, again: true });
  if (missing > 0 && settledMissing > 0) {
    throw ApplicationFailure.nonRetryable(
      `the source counts ${settledMissing} more records than it gives, in a range that was read twice and has been settled for longer than TC_OVERLAP`,
      'SourceContract' satisfies FailureType,
    );
  }
  return {
    ...state,
    late: state.late + Math.max(missing, 0),
    slices: state.slices.filter((each) => each.number !== number),
  };
}

/** A page that was too heavy makes the next ones smaller; they grow back while pages come through. */
function afterWeight(
  { pageSize, pageSizeMax, lightPages }: SyncFeedProgress,
  reached: number,
  asked: number,
): Pick<SyncFeedProgress, 'pageSize' | 'lightPages'> {
  if (reached < asked) return { pageSize: Math.min(pageSize, reached), lightPages: 0 };
  if (pageSize === pageSizeMax) return { pageSize, lightPages: 0 };
  if (lightPages + 1 < LIGHT_PAGES) return { pageSize, lightPages: lightPages + 1 };
  return { pageSize: Math.min(pageSize * 2, pageSizeMax), lightPages: 0 };
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
  if (tooManyRejects !== true) return { refusedPages: 0, attention };
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
