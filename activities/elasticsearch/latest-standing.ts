import type { Client } from '@elastic/elasticsearch';
import type { ProgramConfig } from '../../config/config.ts';
import { dataStream } from '../../contracts/names.ts';
import { currentGeneration } from './assets/latest/generation.ts';
import { FLEET_TRANSFORMS } from './assets/takeover/fleet-package.ts';
import { pausedFor } from './assets/transform/marks.ts';
import { atSink } from './sink-error.ts';
import { writtenSince } from './written-since.ts';

/** How far the latest index is behind the data stream of a namespace. */
export type LatestStanding = {
  transform: string;
  /**
   * State as Elasticsearch reports it: `started`, `indexing`, `stopped`, `failed`, `waiting` …; `missing` if there is
   * no transform.
   */
  state: string;
  /** An operator keeps it stopped, for this reason (empty: none is given); `null`: nobody does. */
  paused: string | null;
  /** `green`, `yellow` (up to five consecutive failures), `red` or `unknown`; `null` if there is no transform. */
  health: string | null;
  /** Titles of the issues that Elasticsearch reports; the details are left out, as they may quote a document. */
  issues: string[];
  /** Number of documents that the transform has not seen. */
  behindDocuments: number;
  /** When the oldest of them was written, ISO 8601; `null` if there are none. */
  behindSince: string | null;
};

/** States in which it does nothing until somebody starts it. */
const STOPPED: ReadonlySet<string> = new Set(['stopping', 'stopped', 'failed']);

/**
 * Reads the state of the transform and counts the documents that were written after the time up to which it has read.
 * `operations_behind` of its statistics would include documents that are not due yet.
 */
export async function latestStanding(
  sink: Client,
  { namespace, assets }: Pick<ProgramConfig, 'namespace' | 'assets'>,
  signal: AbortSignal,
): Promise<LatestStanding> {
  const wanted =
    assets === 'feed-only' ? FLEET_TRANSFORMS : (await currentGeneration(sink, signal)).transform;
  const { transforms } = await atSink(`GET _transform/${wanted}/_stats`, signal, () =>
    sink.transform.getTransformStats({ transform_id: wanted }, { signal, ignore: [404] }),
  );
  const found = transforms?.[0]; // a 404 has none
  const isStopped = found !== undefined && STOPPED.has(found.state);
  const readTo = found?.checkpointing.last?.time_upper_bound_millis;
  const { count, oldest } = await writtenSince(
    sink,
    { index: dataStream(namespace), fromMs: readTo ?? 0 },
    signal,
  );
  return {
    transform: found?.id ?? wanted,
    state: found?.state ?? 'missing',
    paused: isStopped ? await readMark(sink, found.id, signal) : null,
    health: found?.health?.status ?? null,
    issues: (found?.health?.issues ?? []).map(({ issue }) => issue),
    behindDocuments: count,
    behindSince: oldest,
  };
}

async function readMark(sink: Client, id: string, signal: AbortSignal): Promise<string | null> {
  const { transforms } = await atSink(`GET _transform/${id}`, signal, () =>
    sink.transform.getTransform({ transform_id: id }, { signal, ignore: [404] }),
  );
  return pausedFor(transforms?.[0] ?? {});
}
