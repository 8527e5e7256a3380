import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { slotBefore } from '../activities/temporal/previous-slot.ts';

export type ScheduleLook = {
  id: string;
  paused: boolean;
  /** The reason that was given when it was paused. */
  note: string | null;
  nextRunAt: string | null;
  /** When it last started a run. */
  lastRunAt: string | null;
  /** The last slot whose run should have ended by now; `null` if there was none since the Schedule was changed. */
  dueAt: string | null;
};

/** Time that a run may take. */
const RUN_MS = 30 * 60_000;

/** `null` if there is no such Schedule. */
export async function lookAtSchedule(temporal: Client, id: string): Promise<ScheduleLook | null> {
  try {
    const { state, info, spec } = await temporal.schedule.getHandle(id).describe();
    const changedAt = info.lastUpdatedAt ?? info.createdAt;
    const schedule = { id, jitterMs: spec.jitter ?? 0 };
    const dueMs = await slotBefore(temporal, schedule, Date.now() - RUN_MS);
    return {
      id,
      paused: state.paused,
      note: state.note || null, // the server returns "" if there is none
      nextRunAt: info.nextActionTimes[0]?.toISOString() ?? null,
      lastRunAt: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
      // a slot of times that were not in effect yet had no run
      dueAt: dueMs === null || dueMs < changedAt.getTime() ? null : new Date(dueMs).toISOString(),
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}
