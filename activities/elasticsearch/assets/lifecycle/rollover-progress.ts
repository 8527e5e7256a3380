import type { Client } from '@elastic/elasticsearch';
import { blocked, OK, type Asset, type Inspection } from '../asset.ts';
import type { AssetContext } from '../asset-context.ts';
import { ROLLOVER_BYTES, STREAM_POLICY } from '../stream/stream-policy.ts';
import { durationMs } from './duration.ts';

/** ILM looks every 10 minutes, so that a rollover after one minute may be that late. */
const LATE_MS = 30 * 60_000;

/**
 * Reports a write index that should have been replaced long ago: one that is twice as old as `ES_ILM_ROLLOVER`, or half
 * as large again as a rollover allows. An index without documents is never replaced. Its cause is unknown, so that nothing
 * is done about it.
 */
export function rolloverProgress(stream: string, context: AssetContext): Asset {
  return {
    name: `rollover of ${stream}`,
    body: null,
    inspect: async (sink, signal) => {
      const found = await sink.indices.getDataStream({ name: stream }, { signal, ignore: [404] });
      const existing = found.data_streams?.[0];
      const writer = existing?.indices.at(-1);
      if (writer?.ilm_policy !== STREAM_POLICY) return OK;
      return inspectWriter(sink, writer.index_name, context, signal);
    },
  };
}

async function inspectWriter(
  sink: Client,
  index: string,
  { ilmRollover }: AssetContext,
  signal: AbortSignal,
): Promise<Inspection> {
  const { documents, shardBytes } = await sizeOf(sink, index, signal);
  if (documents === 0) return OK;
  const { indices } = await sink.ilm.explainLifecycle({ index }, { signal });
  const explained = indices[index];
  if (explained?.managed !== true) return OK;
  const age = String(explained.time_since_index_creation ?? '0s');
  const rolloverMs = durationMs(ilmRollover);
  const isOld = durationMs(age) > Math.max(2 * rolloverMs, rolloverMs + LATE_MS);
  const isLarge = shardBytes > 1.5 * ROLLOVER_BYTES;
  if (!isOld && !isLarge) return OK;
  const size = `${Math.round(shardBytes / 2 ** 30)} GB a shard`;
  return blocked(
    `its write index ${index} is ${age} old and has ${size}, but ILM has not rolled it over after ` +
      `${ilmRollover} or 50 GB: GET ${index}/_ilm/explain says where it stands; POST <data stream>/_rollover helps at once`,
  );
}

async function sizeOf(
  sink: Client,
  index: string,
  signal: AbortSignal,
): Promise<{ documents: number; shardBytes: number }> {
  const { indices } = await sink.indices.stats({ index, metric: ['docs', 'store'] }, { signal });
  const settings = await sink.indices.getSettings(
    { index, name: 'index.number_of_shards', flat_settings: true },
    { signal },
  );
  const flat = (settings[index]?.settings ?? {}) as Record<string, unknown>;
  const primaries = indices?.[index]?.primaries;
  return {
    documents: primaries?.docs?.count ?? 0,
    shardBytes:
      (primaries?.store?.size_in_bytes ?? 0) / Number(flat['index.number_of_shards'] ?? 1),
  };
}
