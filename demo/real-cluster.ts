import type { Client } from '@elastic/elasticsearch';
import { dataStream, stateIndex } from '../contracts/names.ts';

const TEMPLATE = 'tcsync-ti_threatconnect.indicator';
const PIPELINE = `${TEMPLATE}-ingested`;

/**
 * Makes sure that the demo's namespace is empty.
 * @returns what takes away all that the demo is going to add
 * @throws where the namespace holds something
 */
export async function claimNamespace(
  sink: Client,
  namespace: string,
): Promise<() => Promise<void>> {
  const stream = dataStream(namespace);
  const state = stateIndex(namespace);
  if (await sink.indices.exists({ index: [stream, state], allow_no_indices: false })) {
    throw new Error(
      `${stream} or ${state} exists already: the demo writes to an empty namespace only`,
    );
  }
  const hadTemplate = await sink.indices.existsIndexTemplate({ name: TEMPLATE });
  return async () => {
    await sink.indices.deleteDataStream({ name: stream }, { ignore: [404] });
    await sink.indices.delete({ index: state }, { ignore: [404] });
    if (hadTemplate) return; // another namespace uses them
    await sink.indices.deleteIndexTemplate({ name: TEMPLATE }, { ignore: [404] });
    await sink.ingest.deletePipeline({ id: PIPELINE }, { ignore: [404] });
  };
}
