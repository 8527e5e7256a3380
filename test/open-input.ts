import type { OpenWindowInput } from '../contracts/activities.ts';

/** The input of `openWindow` if no person asks for a window. */
export function openInput(changes: Partial<OpenWindowInput> = {}): OpenWindowInput {
  return {
    feed: 'default',
    from: null,
    to: null,
    pageSize: null,
    lanes: null,
    scheduledAt: null,
    scheduleId: null,
    startedAt: new Date().toISOString(),
    ...changes,
  };
}
