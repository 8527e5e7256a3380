import type { WorkflowHandle } from '@temporalio/client';
import { pause, progress, resume } from '../../contracts/messages.ts';
import { until } from '../stage.ts';
import { ALL, ended, release, startAndHold, sync, type Shape } from './shape.ts';

/** Slices with more pages than one run reads. */
const TWO_LANES = { ...ALL, pageSize: 5, lanes: 2 } as const;

/** Runs that continue as new, because the server suggests it early. */
export const CONTINUED_SHAPES: Record<string, Shape> = {
  'sync-feed-continued-as-new': async (line) => {
    await sync(line, 'whole', { feed: 'default', pageSize: 5, lanes: 2 });
    return { workflowId: 'whole', run: 'first' };
  },

  'sync-feed-continued': async () => ({ workflowId: 'whole', run: 'last' }),

  'sync-feed-continued-while-paused': async (line) => {
    const handle = await startAndHold(line, 'paused', TWO_LANES, { after: 1, times: 1 });
    await handle.signal(pause, 'an upgrade');
    await release(line);
    const { runId } = await handle.describe();
    // each signal adds an event and a task
    await until('the run has continued as new', async () => {
      await handle.signal(pause, 'an upgrade that takes longer');
      return (await handle.describe()).runId !== runId;
    });
    await until('its window is open', async () => (await handle.query(progress)) !== null);
    await handle.signal(resume);
    await ended(handle);
    return { workflowId: handle.workflowId, run: 'first' };
  },

  'sync-feed-continued-paused': async () => ({ workflowId: 'paused', run: 'last' }),

  'sync-feed-drained': async (line) => {
    // the page is held until the run cancels it, a minute later
    const handle = await startAndHold(line, 'drained', TWO_LANES, { after: 2, times: 1 });
    await ended(handle);
    return { workflowId: handle.workflowId, run: 'first' };
  },

  // the server notices the cancelled page only when the worker stops its heartbeats
  'sync-feed-drained-by-a-dead-worker': async (line) => {
    const handle = await startAndHold(line, 'dead', TWO_LANES, { after: 2, times: 1 });
    await until('the page is cancelled', () => hasCancelled(handle));
    await line.processes.kill('the worker');
    await release(line);
    await line.startWorker();
    await ended(handle);
    return { workflowId: handle.workflowId, run: 'first' };
  },
};

async function hasCancelled(handle: WorkflowHandle): Promise<boolean> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).some((event) => event.activityTaskCancelRequestedEventAttributes);
}
