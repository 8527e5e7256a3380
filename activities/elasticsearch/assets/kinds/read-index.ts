import type { Client } from '@elastic/elasticsearch';
import type { IndexDefinition } from '../compare/index-differences.ts';

export async function readIndex(
  sink: Client,
  index: string,
  signal: AbortSignal,
): Promise<IndexDefinition> {
  const found = await sink.indices.get({ index }, { signal });
  const { settings, mappings } = found[index] ?? {};
  return { settings: settings ?? {}, mappings: mappings ?? {} };
}
