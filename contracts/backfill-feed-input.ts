import { z } from 'zod';
import { BackfillProgress } from './backfill-progress.ts';
import type { Counts } from './counts.ts';
import { parseDurationMs } from './duration.ts';
import { InstantText, type Instant } from './instant.ts';
import { countSpans } from './span.ts';
import { Lanes, PageSize } from './tuning.ts';

/** Each span costs about ten events of the history and a workflow. */
const SPANS_MAX = 10_000;

const SECOND_MS = 1_000;

const SpanText = z.string().refine(
  (text) => {
    const ms = parseDurationMs(text);
    return ms !== null && ms >= SECOND_MS && ms % SECOND_MS === 0;
  },
  { error: 'expected a duration of whole seconds, such as 7d or 12h' },
);

/**
 * Input of the workflow `backfillFeed`. It may come from a person (`temporal workflow start`, the UI), so the workflow
 * parses it first.
 */
export const BackfillFeedInput = z
  .strictObject({
    /** Name of the feed. */
    feed: z.string().min(1).default('default'),
    /** Start of the range of `lastModified` that is read, inclusive. */
    from: InstantText,
    /** Its end, exclusive. An end after now, minus `TC_SAFETY_LAG`, is set to that. */
    to: InstantText,
    /** Length of the part that one child workflow reads: `7d`. */
    span: SpanText.default('7d'),
    /** Number of slices that all spans together read at the same time, 1–16. Default: `TC_LANES`. */
    lanes: Lanes.optional(),
    /** Records per page, 1–10,000. Default: `TC_PAGE_SIZE`. */
    pageSize: PageSize.optional(),
    /** True: leave out spans that an earlier backfill of the same range has read under the same configuration. */
    resume: z.boolean().default(false),
    /** State of the backfill after a continue-as-new. Not for people. */
    carried: BackfillProgress.optional(),
  })
  .refine(({ from, to }) => from < to, { error: '`from` must be before `to`', path: ['from'] })
  .superRefine(({ from, to, span }, context) => {
    const spans = countSpans({ from, to, spanMs: parseDurationMs(span) ?? Infinity });
    if (spans <= SPANS_MAX) return;
    context.addIssue({
      code: 'custom',
      message: `is too short: the range would have ${spans} spans, and at most ${SPANS_MAX} are possible`,
      path: ['span'],
    });
  });

/** As a person writes it: every key but `from` and `to` may be missing. */
export type BackfillFeedInput = z.input<typeof BackfillFeedInput>;

export type BackfillFeedResult = {
  from: Instant;
  to: Instant;
  /** Number of spans. */
  spans: number;
  done: number;
  /** Number of spans that were left out, because an earlier backfill has read them. */
  leftOut: number;
  /** Of the spans that are done. */
  counts: Counts;
  late: number;
  notes: string[];
  attention: string[];
};
