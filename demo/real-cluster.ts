import type { Client } from '@elastic/elasticsearch';
import { LATEST_MAPPINGS } from '../activities/elasticsearch/assets/latest/latest-mappings.ts';
import { LATEST_SETTINGS } from '../activities/elasticsearch/assets/latest/latest-settings.ts';
import { LATEST_TEMPLATE } from '../activities/elasticsearch/assets/latest/latest-template.ts';
import { currentGeneration } from '../activities/elasticsearch/assets/latest/generation.ts';
import { REJECT_TEMPLATE } from '../activities/elasticsearch/assets/reject-template.ts';
import { RUN_TEMPLATE } from '../activities/elasticsearch/assets/run-template.ts';
import { STATE_TEMPLATE } from '../activities/elasticsearch/assets/state-template.ts';
import { INGESTED_PIPELINE } from '../activities/elasticsearch/assets/stream/ingested-pipeline.ts';
import { STREAM_MAPPINGS } from '../activities/elasticsearch/assets/stream/stream-mappings.ts';
import { STREAM_POLICY } from '../activities/elasticsearch/assets/stream/stream-policy.ts';
import { STREAM_SETTINGS } from '../activities/elasticsearch/assets/stream/stream-settings.ts';
import { STREAM_TEMPLATE } from '../activities/elasticsearch/assets/stream/stream-template.ts';
import {
  dataStream,
  LATEST_ALIAS,
  rejectStream,
  runStream,
  stateIndex,
} from '../contracts/names.ts';
import { patiently } from './patiently.ts';

export type ClaimedNamespace = {
  /** The assets existed before: other namespaces use them, so they stay. */
  isShared: boolean;
  /** Deletes everything that was added since. May be called again. */
  clear: () => Promise<void>;
};

/**
 * Makes sure that the demo's namespace is empty.
 * @throws {Error} if it holds data
 */
export async function claimNamespace(sink: Client, namespace: string): Promise<ClaimedNamespace> {
  const state = stateIndex(namespace);
  const streams = [dataStream(namespace), rejectStream(namespace), runStream(namespace)];
  for (const index of [state, ...streams]) {
    if (await sink.indices.exists({ index })) {
      throw new Error(`${index} exists already: the demo writes to an empty namespace only`);
    }
  }
  const isShared = await sink.indices.existsIndexTemplate({ name: STATE_TEMPLATE });
  return {
    isShared,
    clear: () =>
      patiently(async () => {
        if (isShared) await leaveLatest(sink, namespace);
        else await deleteTransform(sink);
        for (const name of streams)
          await sink.indices.deleteDataStream({ name }, { ignore: [404] });
        await sink.indices.delete({ index: state }, { ignore: [404] });
        if (!isShared) await deleteTemplates(sink);
      }),
  };
}

/** Keeps the latest index, because another namespace uses it. */
async function leaveLatest(sink: Client, namespace: string): Promise<void> {
  await sink.deleteByQuery(
    {
      index: LATEST_ALIAS,
      conflicts: 'proceed',
      query: { term: { 'data_stream.namespace': namespace } },
    },
    { ignore: [404] },
  );
}

async function deleteTransform(sink: Client): Promise<void> {
  const missing = { ignore: [404] };
  const latest = await currentGeneration(sink, AbortSignal.timeout(60_000));
  const transform = { transform_id: latest.transform, force: true };
  await sink.transform.stopTransform({ ...transform, wait_for_completion: true }, missing);
  await sink.transform.deleteTransform(transform, missing);
  await sink.indices.delete({ index: latest.index }, missing);
}

async function deleteTemplates(sink: Client): Promise<void> {
  const missing = { ignore: [404] };
  const templates = [
    STREAM_TEMPLATE,
    LATEST_TEMPLATE,
    STATE_TEMPLATE,
    REJECT_TEMPLATE,
    RUN_TEMPLATE,
  ];
  for (const name of templates) await sink.indices.deleteIndexTemplate({ name }, missing);
  const components = [STREAM_SETTINGS, STREAM_MAPPINGS, LATEST_SETTINGS, LATEST_MAPPINGS];
  for (const name of components) await sink.cluster.deleteComponentTemplate({ name }, missing);
  await sink.ilm.deleteLifecycle({ name: STREAM_POLICY }, missing);
  await sink.ingest.deletePipeline({ id: INGESTED_PIPELINE }, missing);
}
