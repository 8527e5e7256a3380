import type { Client } from '@elastic/elasticsearch';
import type { BulkDocument } from './bulk-request.ts';
import { atSink } from './sink-error.ts';

/**
 * Documents of a data stream that were read last from the source, the newest first; none where none can be seen
 * yet. To create one of them once more changes nothing: it is answered 409, or, behind a rollover, stands there
 * twice.
 *
 * @param size at most so many
 */
export async function newestDocuments(
  sink: Client,
  target: string,
  size: number,
  signal: AbortSignal,
): Promise<BulkDocument[]> {
  const answer = await atSink(`POST ${target}/_search`, signal, () =>
    sink.search(
      {
        index: target,
        ignore_unavailable: true, // made by the first document
        size,
        sort: [{ 'event.created': { order: 'desc', unmapped_type: 'date' } }],
        track_total_hits: false,
      },
      { signal },
    ),
  );
  return answer.hits.hits.map(({ _id: id = '', _source: source }) => ({
    id,
    source: JSON.stringify(source),
  }));
}
