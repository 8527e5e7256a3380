import { toEpochMs, toInstant, type Instant } from '../contracts/instant.ts';
import type { Window, WindowKind } from '../contracts/window.ts';
import { BadInputError, SourceContractError } from '../contracts/errors.ts';

/**
 * How far the source's clock may be ahead of the worker's. A clock further ahead is not believed: it would move the
 * watermark past the present, and records would be skipped. A window that ends too early loses nothing.
 */
const CLOCK_AHEAD_MS = 5 * 60_000;

export type WindowInput = {
  /** The source's clock, epoch milliseconds. */
  sourceMs: number;
  /** The source's clock minus the worker's. */
  offsetMs: number;
  safetyLagMs: number;
  overlapMs: number;
  initialIntervalMs: number | null;
  /** The window that a person asked for. */
  explicit: { from: Instant; to: Instant | null } | null;
  /** The Schedule's slot of a backfilled run, and the slot before it; `null` for every other run. */
  slot: Slot | null;
  /** What the feed's state says; `null` before its first commit. */
  known: { watermark: Instant; startsAt: Instant | null; sameConfig: boolean } | null;
};

/** Two times at which a Schedule starts a run, one after the other. */
export type Slot = { atMs: number; previousMs: number };

export type ChosenWindow = { window: Window; kind: WindowKind };

/**
 * The range of `lastModified` that a run reads.
 *
 *     ──────────┬───── overlap ─────┬──────────────────────┬─ safety lag ─┐
 *               from            watermark                  to            now
 *
 * @throws {BadInputError} if an explicit window is empty or lies in the future
 * @throws {SourceContractError} if the watermark lies in the future
 */
export function chooseWindow(input: WindowInput): ChosenWindow {
  const { known } = input;
  const nowMs = input.sourceMs - Math.max(0, input.offsetMs - CLOCK_AHEAD_MS);
  const latest = toInstant(nowMs - input.safetyLagMs);
  if (known !== null && toEpochMs(known.watermark) > nowMs + CLOCK_AHEAD_MS) {
    throw new SourceContractError(
      `the watermark ${known.watermark} lies in the source's future (${toInstant(nowMs)}): a clock is or was wrong; ` +
        "if the source's clock is right, delete the feed's document in the state index to read everything again",
    );
  }
  if (input.explicit !== null) {
    return explicit(input.explicit.from, input.explicit.to ?? latest, latest);
  }
  if (input.slot !== null) {
    const { atMs, previousMs } = input.slot;
    // rounded apart: the offsets that two runs measure may differ by less than a second
    const to = toInstant(Math.ceil((atMs + input.offsetMs) / 1_000) * 1_000);
    return explicit(toInstant(previousMs + input.offsetMs), to, latest);
  }
  if (known === null) {
    const from =
      input.initialIntervalMs === null
        ? null
        : // the feed must not start after the window's end, which becomes the watermark
          earlier(toInstant(nowMs - input.initialIntervalMs), latest);
    return { window: { from, to: latest }, kind: 'whole' };
  }
  // if the source's clock went back, the window must still reach the watermark
  const to = later(latest, known.watermark);
  if (!known.sameConfig) return { window: { from: known.startsAt, to }, kind: 'whole' };
  const overlapped = toInstant(toEpochMs(known.watermark) - input.overlapMs);
  const from = known.startsAt === null ? overlapped : later(overlapped, known.startsAt);
  return { window: { from, to }, kind: 'next' };
}

function explicit(from: Instant, wantedTo: Instant, latest: Instant): ChosenWindow {
  const to = earlier(wantedTo, latest);
  if (from >= to) {
    throw new BadInputError(
      `the window from ${from} is empty: it ends at ${to}, and no window ends after the source's clock minus TC_SAFETY_LAG`,
    );
  }
  return { window: { from, to }, kind: 'explicit' };
}

function earlier(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}
