import { toEpochMs, toInstant, type Instant } from '../contracts/instant.ts';
import type { Window, WindowKind } from '../contracts/window.ts';
import { BadInputError, SourceContractError } from '../contracts/errors.ts';

/** A slot that starts this long after its time is one of a `temporal schedule backfill`. */
const BACKFILLED_AFTER_MS = 30 * 60_000;

/**
 * How far the source's clock is believed to be ahead of the worker's. A clock further ahead would put the
 * watermark where nothing is; to end a window too early loses nothing.
 */
const CLOCK_AHEAD_MS = 5 * 60_000;

export type WindowInput = {
  /** The source's clock, epoch milliseconds. */
  sourceMs: number;
  /** The source's clock less the worker's. */
  offsetMs: number;
  safetyLagMs: number;
  overlapMs: number;
  initialIntervalMs: number | null;
  syncEveryMs: number;
  /** What a person asked for. */
  explicit: { from: Instant; to: Instant | null } | null;
  /** When the Schedule meant the run to start and when it did; `null` where no Schedule started it. */
  scheduled: { atMs: number; startedMs: number } | null;
  /** What the feed's state says; `null` before its first commit. */
  known: { watermark: Instant; startsAt: Instant | null; sameConfig: boolean } | null;
};

export type ChosenWindow = { window: Window; kind: WindowKind };

/**
 * The range of `lastModified` that a run reads.
 *
 *     ──────────┬───── overlap ─────┬──────────────────────┬─ safety lag ─┐
 *               from            watermark                  to            now
 *
 * @throws {BadInputError} where an explicit window is empty or lies in the future
 * @throws {SourceContractError} where the watermark lies in the future
 */
export function chooseWindow(input: WindowInput): ChosenWindow {
  const { known } = input;
  const nowMs = input.sourceMs - Math.max(0, input.offsetMs - CLOCK_AHEAD_MS);
  const latest = toInstant(nowMs - input.safetyLagMs);
  if (known !== null && toEpochMs(known.watermark) > nowMs + CLOCK_AHEAD_MS) {
    throw new SourceContractError(
      `the watermark ${known.watermark} lies in the source's future (${toInstant(nowMs)}): a clock is or was wrong; ` +
        "where the source's is right, delete the feed's document in the state index to read everything again",
    );
  }
  if (input.explicit !== null) {
    const to = earlier(input.explicit.to ?? latest, latest);
    if (input.explicit.from >= to) {
      throw new BadInputError(
        `the window from ${input.explicit.from} is empty: it ends at ${to}, the source's clock less TC_SAFETY_LAG at the latest`,
      );
    }
    return { window: { from: input.explicit.from, to }, kind: 'explicit' };
  }
  const slot = input.scheduled;
  if (slot !== null && slot.startedMs - slot.atMs > BACKFILLED_AFTER_MS) {
    const toMs = slot.atMs + input.offsetMs;
    const from = toInstant(toMs - input.syncEveryMs);
    return { window: { from, to: earlier(toInstant(toMs), latest) }, kind: 'explicit' };
  }
  if (known === null) {
    const from =
      input.initialIntervalMs === null
        ? null
        : // a watermark before the feed's start would never be reached by a window
          earlier(toInstant(nowMs - input.initialIntervalMs), latest);
    return { window: { from, to: latest }, kind: 'whole' };
  }
  // a clock that went back must not end the window before what is already written
  const to = later(latest, known.watermark);
  if (!known.sameConfig) return { window: { from: known.startsAt, to }, kind: 'whole' };
  const overlapped = toInstant(toEpochMs(known.watermark) - input.overlapMs);
  const from = known.startsAt === null ? overlapped : later(overlapped, known.startsAt);
  return { window: { from, to }, kind: 'next' };
}

function earlier(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}
