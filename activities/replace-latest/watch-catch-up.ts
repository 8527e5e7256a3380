import type { Client } from '@elastic/elasticsearch';
import { SinkMisconfiguredError } from '../../contracts/errors.ts';
import type { Build, CaughtUpInput } from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import type { Deps } from '../attempt/deps.ts';
import { standingOf } from '../elasticsearch/assets/latest/build-transform.ts';
import { SOURCE_STREAMS } from '../elasticsearch/assets/transform/latest-transform.ts';
import { atSink } from '../elasticsearch/sink-error.ts';
import { lookUntil } from './look-until.ts';

/**
 * Waits until the new transform has read everything that was written before a time, for a minute at most.
 * @returns true if it has
 */
export function watchCatchUp(
  { installer: sink, waiting }: Deps,
  { replacement: { to, readToMs: copiedToMs }, readToMs }: CaughtUpInput,
): Promise<boolean> {
  return attempt((signal) =>
    lookUntil(
      (isCaughtUp) => isCaughtUp,
      () => hasReadTo(sink, to, readToMs, copiedToMs, signal),
      waiting,
      signal,
    ),
  );
}

async function hasReadTo(
  sink: Client,
  to: Build,
  untilMs: number | null,
  copiedToMs: number | null,
  signal: AbortSignal,
): Promise<boolean> {
  const { state, readToMs } = await standingOf(sink, to, signal);
  if (state !== 'started' && state !== 'indexing' && state !== 'waiting') {
    throw new SinkMisconfiguredError(
      `the new transform ${to.transform} is ${state}: GET _transform/${to.transform}/_stats says why; nothing was replaced`,
    );
  }
  if (untilMs === null || (readToMs ?? 0) >= untilMs) return true;
  // without a new document there is no checkpoint, and so no time up to which it has read
  return !(await hasWritten(sink, readToMs ?? copiedToMs ?? 0, untilMs, signal));
}

/** True if a document was written in a range of time. */
async function hasWritten(
  sink: Client,
  fromMs: number,
  untilMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const range = { gte: fromMs, lt: untilMs, format: 'epoch_millis' };
  const { hits } = await atSink(`POST ${SOURCE_STREAMS}/_search`, signal, () =>
    sink.search(
      {
        index: SOURCE_STREAMS,
        size: 1,
        _source: false,
        query: { range: { 'event.ingested': range } },
      },
      { signal },
    ),
  );
  return hits.hits.length > 0;
}
