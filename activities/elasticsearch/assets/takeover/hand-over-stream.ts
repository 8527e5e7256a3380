import type { Client } from '@elastic/elasticsearch';
import { dataStream, stateIndex } from '../../../../contracts/names.ts';
import { StateStore } from '../../state-store.ts';
import { streamIndices } from '../../stream-identity.ts';
import { due, OK, type Asset } from '../asset.ts';
import type { PlanContext } from '../asset-context.ts';
import { INGESTED_PIPELINE } from '../stream/ingested-pipeline.ts';

/**
 * The data stream gets a backing index by the program's template; those of the integration stay as they are until their
 * own policy deletes them. All feeds are read whole again: the latest index of the program has another key than that of
 * the integration, so that it is filled from documents and not copied.
 */
export function handOverStream({ namespace, feeds }: PlanContext): Asset {
  const stream = dataStream(namespace);
  return {
    name: `backing index of ${stream}`,
    body: null,
    inspect: async (sink, signal) => {
      const pipeline = await finalPipeline(sink, stream, signal);
      if (pipeline === null || pipeline === INGESTED_PIPELINE) return OK;
      return due({
        becomes: 'repaired',
        changes: [
          `it was made by the template of another program (final pipeline ${pipeline}): the data stream rolls over, and ` +
            'the next runs read everything again',
        ],
        act: async () => {
          const store = new StateStore(sink, stateIndex(namespace));
          for (const feed of feeds) await store.forgetFeed(feed, signal);
          await sink.indices.rollover({ alias: stream }, { signal });
        },
      });
    },
  };
}

/** The final pipeline of the index that is written to; empty if it has none, `null` if there is no such stream. */
export async function finalPipeline(
  sink: Client,
  stream: string,
  signal: AbortSignal,
): Promise<string | null> {
  const [newest] = (await streamIndices(sink, stream, signal)).slice(-1);
  if (newest === undefined) return null;
  const found = await sink.indices.getSettings(
    { index: newest.name, name: 'index.final_pipeline', flat_settings: true },
    { signal },
  );
  const pipeline: unknown = found[newest.name]?.settings?.['index.final_pipeline'];
  return typeof pipeline === 'string' ? pipeline : '';
}
