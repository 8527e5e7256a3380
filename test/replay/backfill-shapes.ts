import type { BackfillFeedInput } from '../../contracts/backfill-feed-input.ts';
import { toInstant } from '../../contracts/instant.ts';
import { backfillProgress, pause, resume, tune } from '../../contracts/messages.ts';
import type { backfillFeed } from '../../workflows/backfill-feed.ts';
import type { Line } from '../e2e/line.ts';
import { until } from '../stage.ts';
import { ended, execute, release, type Shape } from './shape.ts';

const DAY_MS = 86_400_000;

/** The range in which the stand-in's records were modified, in five spans. */
function range(): BackfillFeedInput {
  const nowMs = Date.now();
  return {
    from: toInstant(nowMs - 200 * DAY_MS),
    to: toInstant(nowMs - DAY_MS),
    span: '40d',
    lanes: 2,
    pageSize: 10,
  };
}

const backfill = (line: Line, workflowId: string, input: BackfillFeedInput) =>
  execute(line, 'backfillFeed', workflowId, input);

/** Backfills of which two spans are read at a time. */
export const BACKFILL_SHAPES: Record<string, Shape> = {
  'backfill-feed-steered': async (line) => {
    const hold = { on: 'page', after: 0, times: 2, fault: { kind: 'hold' } };
    await line.source.post('/_sim/faults', hold);
    const running = backfill(line, 'steered', range());
    await until('two pages are held', async () => {
      return (await line.source.get<{ held: number }>('/_sim/faults')).held === 2;
    });
    const handle = line.temporal.workflow.getHandle<typeof backfillFeed>('steered');
    await handle.signal(pause, 'an upgrade');
    // a third lane, which waits for the end of the pause
    await handle.executeUpdate(tune, { args: [{ lanes: 3, pageSize: 20 }] });
    await release(line);
    await until('it is paused', async () => {
      return (await handle.query(backfillProgress))?.paused === 'an upgrade';
    });
    await handle.signal(resume);
    return running;
  },

  'backfill-feed-incomplete': async (line) => {
    const fault = { kind: 'status', status: 403 };
    await line.source.post('/_sim/faults', { on: 'page', after: 2, times: 1, fault });
    const input = range();
    await backfill(line, 'incomplete', input);
    await release(line);
    // the next shape resumes it
    await backfill(line, 'resumed', input);
    return { workflowId: 'incomplete' };
  },

  'backfill-feed-resumed': async (line) => {
    const { events } = await line.temporal.workflow.getHandle('resumed').fetchHistory();
    const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const input = JSON.parse(Buffer.from(payload?.data ?? []).toString()) as BackfillFeedInput;
    return backfill(line, 'resumed', { ...input, resume: true });
  },

  'backfill-feed-cancelled': async (line) => {
    const hold = { on: 'page', after: 0, times: 2, fault: { kind: 'hold' } };
    await line.source.post('/_sim/faults', hold);
    const running = backfill(line, 'cancelled-backfill', range());
    await until('two pages are held', async () => {
      return (await line.source.get<{ held: number }>('/_sim/faults')).held === 2;
    });
    const handle = line.temporal.workflow.getHandle('cancelled-backfill');
    await handle.cancel();
    await ended(handle);
    await release(line);
    return running;
  },
};

/** A backfill that continues as new, because the server suggests it early. */
export const CONTINUED_BACKFILL_SHAPES: Record<string, Shape> = {
  'backfill-feed-continued-as-new': async (line) => {
    await backfill(line, 'backfill', { ...range(), span: '15d' });
    return { workflowId: 'backfill', run: 'first' };
  },

  'backfill-feed-continued': async () => ({ workflowId: 'backfill', run: 'last' }),
};
