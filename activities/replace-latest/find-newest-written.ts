import type { StoppedTransform } from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import type { Deps } from '../attempt/deps.ts';
import { SOURCE_STREAMS } from '../elasticsearch/assets/transform/latest-transform.ts';
import { atSink } from '../elasticsearch/sink-error.ts';

/** The time before which everything was written that the data streams have now, epoch milliseconds. */
export function findNewestWritten(
  { installer: sink }: Deps,
  _input: object,
): Promise<StoppedTransform> {
  return attempt(async (signal) => {
    const { aggregations } = await atSink(`POST ${SOURCE_STREAMS}/_search`, signal, () =>
      sink.search<unknown, { newest: { value: number | null } }>(
        {
          index: SOURCE_STREAMS,
          size: 0,
          track_total_hits: false,
          aggs: { newest: { max: { field: 'event.ingested' } } },
        },
        { signal },
      ),
    );
    const newest = aggregations?.newest.value ?? null;
    return { readToMs: newest === null ? null : newest + 1 };
  });
}
