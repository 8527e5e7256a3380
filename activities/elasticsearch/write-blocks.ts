import type { Client } from '@elastic/elasticsearch';
import { atSink } from './sink-error.ts';

/** A setting that keeps an index from being written to, such as `index.blocks.write`. */
export type WriteBlock = { index: string; setting: string };

/** Elasticsearch itself sets the last one if a disk is almost full. */
const WRITE_BLOCKS = [
  'index.blocks.write',
  'index.blocks.read_only',
  'index.blocks.read_only_allow_delete',
];

/** Write blocks of those indices that exist. */
export async function writeBlocks(
  sink: Client,
  indices: readonly string[],
  signal: AbortSignal,
): Promise<WriteBlock[]> {
  const found = await atSink(`GET ${indices.join(',')}/_settings`, signal, () =>
    sink.indices.getSettings(
      {
        index: [...indices],
        name: 'index.blocks.*',
        flat_settings: true,
        ignore_unavailable: true,
      },
      { signal },
    ),
  );
  return Object.entries(found).flatMap(([index, { settings }]) => {
    const set = (settings ?? {}) as Record<string, unknown>;
    return WRITE_BLOCKS.filter((name) => String(set[name]) === 'true').map((setting) => ({
      index,
      setting,
    }));
  });
}
