import type { OpenWindowInput } from '../contracts/activities.ts';

/** What the workflow asks of `openWindow` where no person asks for anything. */
export function openInput(changes: Partial<OpenWindowInput> = {}): OpenWindowInput {
  return {
    feed: 'default',
    from: null,
    to: null,
    pageSize: null,
    lanes: null,
    scheduledAt: null,
    startedAt: new Date().toISOString(),
    ...changes,
  };
}
