import type { Client } from '@elastic/elasticsearch';
import { leftOutBy } from './assets/transform/left-out.ts';
import { TransformRequests } from './assets/transform/requests.ts';
import { atSink } from './sink-error.ts';

/**
 * What a transform has noted about the documents that it leaves out, by `_id`, such as
 * `indicator 736758 (threat_connect.indicator.custom)`.
 */
export async function leftOutDocuments(
  sink: Client,
  transform: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  return atSink(`GET _transform/${transform}`, signal, async () => {
    const found = await new TransformRequests(sink, transform, signal).config();
    return found === null ? {} : leftOutBy(sink, found, signal);
  });
}
