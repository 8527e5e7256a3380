import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { msToTs, requiredTsToMs } from '@temporalio/common/lib/time.js';
import { BadInputError } from '../../contracts/errors.ts';

/** The server lists at most 1,000 times, the earliest first: one second of an interval each in the first range. */
const FIRST_RANGE_MS = 1_000_000;
/** The ranges grow fast, because a calendar may have years between two slots. */
const GROWTH = 4;

/**
 * Asks a Schedule for its last slot before another slot, both epoch milliseconds.
 * @throws {BadInputError} if the Schedule is gone, or has no such slot
 */
export async function previousSlotOf(
  temporal: Client,
  scheduleId: string,
  slotMs: number,
): Promise<number> {
  const slot = new Date(slotMs).toISOString();
  const instead = 'ask for the window itself, with `from` and `to`';
  try {
    const { spec } = await temporal.schedule.getHandle(scheduleId).describe();
    const schedule = { id: scheduleId, jitterMs: spec.jitter ?? 0 };
    const previousMs = await slotBefore(temporal, schedule, slotMs);
    if (previousMs !== null) return previousMs;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new BadInputError(
      `the Schedule ${scheduleId} is gone, so that nobody knows where the window of its slot ${slot} begins: ${instead}`,
      { cause: error },
    );
  }
  throw new BadInputError(
    `the Schedule ${scheduleId} has no slot before ${slot}, at which the window of that slot would begin: ${instead}`,
  );
}

/**
 * The last slot of a Schedule before a time; `null` if there is none since 1970. The server lists times with jitter,
 * but the slots of runs have none, so that with jitter this is a time at which, or shortly after which, the slot is.
 */
export async function slotBefore(
  temporal: Client,
  { id, jitterMs }: { id: string; jitterMs: number },
  beforeMs: number,
): Promise<number | null> {
  for (let rangeMs = FIRST_RANGE_MS; ; rangeMs *= GROWTH) {
    const startMs = Math.max(0, beforeMs - rangeMs);
    const foundMs = await lastListed(temporal, id, startMs, beforeMs - 1);
    if (foundMs !== null) return foundMs - jitterMs;
    if (startMs === 0) return null;
  }
}

/** @param startMs excluded; `endMs` is included */
async function lastListed(
  temporal: Client,
  scheduleId: string,
  startMs: number,
  endMs: number,
): Promise<number | null> {
  let lastMs: number | null = null;
  for (;;) {
    const { startTime } = await temporal.workflowService.listScheduleMatchingTimes({
      namespace: temporal.options.namespace,
      scheduleId,
      startTime: msToTs(lastMs ?? startMs),
      endTime: msToTs(endMs),
    });
    const found = startTime?.at(-1);
    if (found === undefined) return lastMs;
    lastMs = requiredTsToMs(found, 'startTime');
  }
}
