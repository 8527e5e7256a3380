import { pause, resume, tune } from '../../contracts/messages.ts';
import { SECRET, type Line } from '../e2e/line.ts';
import { until } from '../stage.ts';
import { ALL, ended, execute, release, startAndHold, sync, type Shape } from './shape.ts';

/** Slices of two full pages, two lanes, and a rest that is planned when a lane is free. */
const NEXT = { feed: 'default', pageSize: 10, lanes: 2 } as const;
const TWO_LANES = { ...ALL, pageSize: 15, lanes: 2 } as const;

/**
 * Runs that people steer, and that end before everything is read. Later runs of the next window continue the earlier
 * ones.
 */
export const STEERED_SHAPES: Record<string, Shape> = {
  'reconcile-assets': (line) => execute(line, 'reconcileAssets', 'assets', {}),

  // more than 20 pages of several slices
  'sync-feed-checkpoints': (line) => sync(line, 'checkpoints', { ...NEXT, pageSize: 5 }),

  'sync-feed-paused': async (line) => {
    const handle = await startAndHold(line, 'paused', TWO_LANES, { after: 0, times: 2 });
    await handle.signal(pause, 'an upgrade');
    await release(line);
    await until('the run holds', async () => {
      const { pendingActivities, pendingWorkflowTask } = (await handle.describe()).raw;
      return (pendingActivities ?? []).length === 0 && !pendingWorkflowTask;
    });
    await handle.signal(resume);
    return ended(handle);
  },

  'sync-feed-tuned-to-fewer-lanes': async (line) => {
    // both lanes have just begun their slices: one leaves its slice to the other
    const handle = await startAndHold(line, 'fewer', TWO_LANES, { after: 0, times: 2 });
    await handle.executeUpdate(tune, { args: [{ lanes: 1, pageSize: 20 }] });
    await release(line);
    return ended(handle);
  },

  'sync-feed-tuned-to-more-lanes': async (line) => {
    const handle = await startAndHold(line, 'more', TWO_LANES, { after: 0, times: 2 });
    await handle.executeUpdate(tune, { args: [{ lanes: 3 }] });
    await release(line);
    return ended(handle);
  },

  'sync-feed-cancelled': async (line) => {
    await changeAll(line);
    const handle = await startAndHold(line, 'cancelled', NEXT, { after: 3, times: 2 });
    await handle.cancel();
    await ended(handle);
    await release(line);
    return handle;
  },

  'sync-feed-failed': async (line) => {
    // one lane fails while the other waits for its page
    await line.source.post('/_sim/script', {
      afterPage: 3,
      do: { credentials: { secretKey: 'rotated' } },
    });
    const handle = await startAndHold(line, 'failed', NEXT, { after: 1, times: 1 });
    await ended(handle);
    await release(line);
    await line.source.post('/_sim/credentials', { secretKey: SECRET });
    return handle;
  },

  'sync-feed-taken-over': (line) => sync(line, 'taken-over', NEXT),

  'sync-feed-nothing-new': (line) => sync(line, 'quiet', { feed: 'default' }),
};

/** Changes enough records for a window of several slices. */
async function changeAll({ source }: Line): Promise<void> {
  for (let second = 1; second <= 12; second += 1) {
    await source.post('/_sim/mutate', {
      at: new Date(Date.now() - 1_000 * (second + 1)).toISOString(),
      random: { seed: second, updates: 15 },
    });
  }
}
