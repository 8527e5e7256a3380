import type { Client, estypes } from '@elastic/elasticsearch';
import { OK, type Asset, type Inspection, type Repair } from '../asset.ts';
import type { AssetContext } from '../asset-context.ts';
import { errorType } from '../../sink-error.ts';

type Found = Awaited<ReturnType<Client['indices']['getDataLifecycle']>>;

/**
 * On Serverless, where there is no ILM: how long the data stream keeps its documents. It is given to the stream itself,
 * because the template belongs to all namespaces, and counts only when a stream is created.
 */
export function streamRetention(stream: string, { ilmDelete }: AssetContext): Asset {
  return {
    name: `lifecycle of ${stream}`,
    body: null,
    inspect: async (sink, signal) => {
      const found: Partial<Found> = await sink.indices.getDataLifecycle(
        { name: stream },
        { signal, ignore: [404] },
      );
      const existing = found.data_streams?.[0];
      if (existing === undefined) return OK;
      const due = repairsOf(sink, stream, existing.lifecycle, ilmDelete, signal);
      return due.length > 0 ? { ...OK, due } : remarks(sink, stream, existing.lifecycle, signal);
    },
  };
}

export async function setRetention(
  sink: Client,
  name: string,
  { ilmDelete }: AssetContext,
  signal: AbortSignal,
): Promise<void> {
  await sink.indices.putDataLifecycle(
    { name, enabled: true, data_retention: ilmDelete },
    { signal },
  );
}

function repairsOf(
  sink: Client,
  name: string,
  lifecycle: estypes.IndicesDataStreamLifecycle | undefined,
  retention: string,
  signal: AbortSignal,
): Repair[] {
  const { enabled = lifecycle !== undefined, data_retention: kept, downsampling } = lifecycle ?? {};
  const changes = [
    ...(enabled ? [] : ['enabled: false → true']),
    ...(kept === retention ? [] : [`data_retention: ${String(kept ?? 'not set')} → ${retention}`]),
  ];
  if (changes.length === 0) return [];
  const body = {
    data_retention: retention,
    ...(downsampling === undefined ? {} : { downsampling }),
  };
  const act = () => sink.indices.putDataLifecycle({ name, enabled: true, ...body }, { signal });
  return [{ becomes: 'updated', changes, act }];
}

async function remarks(
  sink: Client,
  stream: string,
  lifecycle: estypes.IndicesDataStreamLifecycle | undefined,
  signal: AbortSignal,
): Promise<Inspection> {
  const { indices } = await sink.indices.explainDataLifecycle({ index: stream }, { signal });
  const failed = Object.values(indices).flatMap(({ index, error }) =>
    error === undefined ? [] : [`${index}: ${typeIn(error)}`],
  );
  if (failed.length > 0) {
    const detail =
      `the data stream lifecycle fails and tries again by itself: ${failed.join(', ')}; ` +
      `GET ${stream}/_lifecycle/explain says more`;
    return { due: [], rest: 'blocked', detail };
  }
  const {
    data_retention: wanted,
    effective_retention: effective,
    retention_determined_by: by,
  } = lifecycle ?? {};
  if (effective === undefined || effective === wanted) return OK;
  return {
    due: [],
    rest: 'drift-ignored',
    detail:
      `documents are kept for ${String(effective)} only, because the project has this maximum ` +
      `(${String(by)}), and ES_ILM_DELETE is ${String(wanted)}: raise the maximum, or set ES_ILM_DELETE to ${String(effective)}`,
  };
}

/** The error is a text that holds JSON. */
function typeIn(error: string): string {
  return errorType(`{"error":${error}}`);
}
