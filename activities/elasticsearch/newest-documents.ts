import type { Client } from '@elastic/elasticsearch';
import type { BulkDocument } from './bulk-request.ts';
import { atSink } from './sink-error.ts';

/**
 * The documents of a data stream that were read last from the source, newest first; empty if none can be seen yet. To
 * create one of them again changes nothing: the answer is 409, or, after a rollover, the document exists twice.
 *
 * @param size maximum number of documents
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
        ignore_unavailable: true, // the first document creates it
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
