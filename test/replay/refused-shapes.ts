import { dataStream } from '../../contracts/names.ts';
import { ALL, execute, sync, type Shape } from './shape.ts';

const GROUPS = {
  associated_groups: {
    properties: {
      data: { properties: { severity: { type: 'long', ignore_malformed: false } } },
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

  'sync-feed-too-many-rejects': async (line) => {
    // more than is allowed of every page is refused by Elasticsearch
    await line.elasticsearch.indices.putMapping({
      index: dataStream('default'),
      properties: { threat_connect: { properties: { indicator: { properties: GROUPS } } } },
    });
    for (const { id } of await line.source.lines<{ id: string }>('/_sim/truth')) {
      const set = { associatedGroups: { data: [{ id: 1, severity: 'high' }] } };
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
