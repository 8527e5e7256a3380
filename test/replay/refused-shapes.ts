import { dataStream } from '../../contracts/names.ts';
import { ALL, execute, sync, type Shape } from './shape.ts';

const GROUPS = {
  associated_groups: {
    properties: {
      data: { properties: { xid: { type: 'long', ignore_malformed: false } } },
    },
  },
} as const;

/** Runs that meet what they cannot write, read in one go or accept. */
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
    // hidden from the second page on, and back when the run is over
    const { owners } = await line.source.get<{ owners: { name: string }[] }>('/_sim/owners');
    const hide = owners[0]?.name;
    await line.source.post('/_sim/script', { afterPage: 1, do: { owners: { hide } } });
    const run = await sync(line, 'vanished', { ...ALL, pageSize: 50, lanes: 1 });
    await line.source.post('/_sim/owners', { show: hide });
    return run;
  },

  'sync-feed-too-many-rejects': async (line) => {
    // more than is allowed of every page is refused by Elasticsearch
    await line.elasticsearch.indices.putMapping({
      index: dataStream('default'),
      properties: { threat_connect: { properties: { indicator: { properties: GROUPS } } } },
    });
    for (const { id } of await line.source.lines<{ id: string }>('/_sim/truth')) {
      const set = { associatedGroups: { data: [{ id: 1, xid: 'high' }] } };
      await line.source.post('/_sim/damages', { id, set });
    }
    return sync(line, 'refused', { ...ALL, pageSize: 100, lanes: 1 });
  },

  'replay-rejects': async (line) => {
    await line.source.delete('/_sim/damages');
    return execute(line, 'replayRejects', 'replay', {});
  },

  'sync-feed-bad-input': (line) => sync(line, 'bad', { feed: '' }),
};
