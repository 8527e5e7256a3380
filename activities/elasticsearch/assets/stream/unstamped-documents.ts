import type { Client, estypes } from '@elastic/elasticsearch';
import { due, OK, type Asset } from '../asset.ts';
import { INGESTED_PIPELINE } from './ingested-pipeline.ts';

/** The task goes on in Elasticsearch if it takes longer; the next attempt stamps the rest. */
const STAMPED_WITHIN_MS = 240_000;

const UNSTAMPED: estypes.QueryDslQueryContainer = {
  bool: { must_not: [{ exists: { field: 'event.ingested' } }] },
};

/**
 * Documents that were written while the final pipeline did not work have no `event.ingested`, so the transform never
 * sees them, and reading them again would find them stored. They get their stamp afterwards.
 */
export function unstampedDocuments(stream: string): Asset {
  return {
    name: `documents of ${stream}`,
    body: null,
    inspect: async (sink, signal) => {
      const count = await countUnstamped(sink, stream, signal);
      if (count === 0) return OK;
      return due({
        becomes: 'repaired',
        changes: [
          `${count} documents without event.ingested, which the transform does not see, are stamped`,
        ],
        act: () => stamp(sink, stream, signal),
      });
    },
  };
}

async function countUnstamped(sink: Client, index: string, signal: AbortSignal): Promise<number> {
  const found = await sink.count({ index, ignore_unavailable: true, query: UNSTAMPED }, { signal });
  return found.count;
}

async function stamp(sink: Client, index: string, signal: AbortSignal): Promise<void> {
  await sink.updateByQuery(
    {
      index,
      query: UNSTAMPED,
      pipeline: INGESTED_PIPELINE,
      conflicts: 'proceed', // another installer stamps them
      refresh: true,
    },
    { signal, requestTimeout: STAMPED_WITHIN_MS },
  );
}
