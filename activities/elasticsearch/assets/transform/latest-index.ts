import type { Client } from '@elastic/elasticsearch';
import type { FoundConfig } from './compare-config.ts';

/** The clocks of two nodes may differ by it. */
const TOLERANCE_MS = 60_000;

/**
 * True if the index of a transform does not exist, or is younger than the transform: it was deleted, and the transform
 * or a person has created it again. Then it lacks what the transform had written before.
 */
export async function isLost(
  sink: Client,
  index: string,
  { create_time: createdAt }: FoundConfig,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await sink.indices.getSettings(
    { index, name: 'index.creation_date', flat_settings: true },
    { signal, ignore: [404], meta: true },
  );
  if (found.statusCode === 404) return true;
  const settings: Record<string, unknown> = Object.values(found.body)[0]?.settings ?? {};
  const madeMs = Number(settings['index.creation_date'] ?? 0);
  return createdAt !== undefined && madeMs > createdAt + TOLERANCE_MS;
}
