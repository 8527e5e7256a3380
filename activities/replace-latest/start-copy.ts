import type { estypes } from '@elastic/elasticsearch';
import type { StartCopyInput, StartedCopy } from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import type { Deps } from '../attempt/deps.ts';
import { readTransform } from '../elasticsearch/assets/latest/build-transform.ts';
import { copiesInto } from '../elasticsearch/assets/latest/copies.ts';
import { deleteTransform } from '../elasticsearch/assets/latest/delete-build.ts';
import { atSink } from '../elasticsearch/sink-error.ts';

/**
 * Has Elasticsearch copy the documents of the old latest index into the new one, under their ids. Safe to repeat: the
 * copy of an earlier attempt that still runs is returned, as two at once could write an old version over a new one.
 */
export function startCopy(
  { installer: sink }: Deps,
  { replacement, part }: StartCopyInput,
): Promise<StartedCopy> {
  return attempt(async (signal) => {
    const { from, to, readToMs } = replacement;
    // it would be overwritten with older versions; it is created again after the copies
    if ((await readTransform(sink, to, signal)) !== null) await deleteTransform(sink, to, signal);
    const running = await copiesInto(sink, to.index, signal);
    if (running[0] !== undefined) return { task: running[0], isNew: false };
    const isWhole = part === 'all' || readToMs === null;
    const { task } = await atSink('POST _reindex', signal, () =>
      sink.reindex(
        {
          wait_for_completion: false,
          refresh: true,
          source: { index: from.index, ...(isWhole ? {} : { query: changedSince(readToMs) }) },
          dest: { index: to.index, op_type: 'index' },
        },
        { signal },
      ),
    );
    return { task: String(task), isNew: true };
  });
}

function changedSince(readToMs: number): estypes.QueryDslQueryContainer {
  return { range: { 'event.ingested': { gte: readToMs, format: 'epoch_millis' } } };
}
