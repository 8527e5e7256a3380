import { Control } from '../../stand-ins/control.ts';
import type { Line } from '../e2e/line.ts';
import { ALL, execute, sync, type Shape } from './shape.ts';

/** Runs with records that cannot be written or read at once, and with failures. */
export const REFUSED_SHAPES: Record<string, Shape> = {
  'sync-feed-read-again': async (line) => {
    // becomes visible behind the cursor
    const [record] = await line.source.lines<Record<string, unknown>>('/_sim/records');
    await line.source.post('/_sim/script', {
      afterPage: 1,
      changes: [
        {
          op: 'create',
          record: { ...record, id: 1, summary: 'late', lastModified: '2026-01-01T00:00:00Z' },
        },
      ],
    });
    return sync(line, 'again', { ...ALL, pageSize: 1_000 });
  },

  'sync-feed-owner-vanished': async (line) => {
    // hidden from the second page on, and visible again after the run
    const { owners } = await line.source.get<{ owners: { name: string }[] }>('/_sim/owners');
    const hide = owners[0]?.name;
    await line.source.post('/_sim/script', { afterPage: 1, do: { owners: { hide } } });
    const run = await sync(line, 'vanished', { ...ALL, pageSize: 50, lanes: 1 });
    await line.source.post('/_sim/owners', { show: hide });
    return run;
  },

  'sync-feed-too-many-rejects': async (line) => {
    // Elasticsearch refuses too many records of every page
    await elasticsearchOf(line).post('/_sim/faults', {
      on: 'bulk',
      times: null,
      fault: { kind: 'item', status: 400, containing: 'threat_connect', share: 0.9 },
    });
    return sync(line, 'refused', { ...ALL, pageSize: 100, lanes: 1 });
  },

  'replay-rejects': async (line) => {
    await elasticsearchOf(line).delete('/_sim/faults');
    return execute(line, 'replayRejects', 'replay', {});
  },

  'sync-feed-bad-input': (line) => sync(line, 'bad', { feed: '' }),
};

function elasticsearchOf({ env }: Line): Control {
  return new Control(env.ES_URL ?? '');
}
