import type { Client } from '@elastic/elasticsearch';
import type { Replacement, StoppedTransform } from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import type { Deps } from '../attempt/deps.ts';
import {
  standingOf,
  type TransformStanding,
} from '../elasticsearch/assets/latest/build-transform.ts';
import { atSink } from '../elasticsearch/sink-error.ts';
import { lookUntil } from './look-until.ts';

/**
 * Stops the old transform after its checkpoint. From then on the index that readers see no longer changes, until they
 * see the new one.
 *
 * @returns `null` while it still writes
 */
export function stopOldTransform(
  { installer: sink, waiting }: Deps,
  { replacement: { from } }: { replacement: Replacement },
): Promise<StoppedTransform | null> {
  return attempt(async (signal) => {
    const { state } = await standingOf(sink, from, signal);
    if (state !== 'missing' && state !== 'stopped' && state !== 'stopping') {
      await stop(sink, from.transform, state === 'failed', signal);
    }
    const isStopped = (seen: TransformStanding) =>
      seen.state === 'stopped' || seen.state === 'missing';
    const seen = await lookUntil(isStopped, () => standingOf(sink, from, signal), waiting, signal);
    return isStopped(seen) ? { readToMs: seen.readToMs } : null;
  });
}

async function stop(
  sink: Client,
  transform: string,
  hasFailed: boolean,
  signal: AbortSignal,
): Promise<void> {
  await atSink(`POST _transform/${transform}/_stop`, signal, () =>
    sink.transform.stopTransform(
      {
        transform_id: transform,
        ...(hasFailed ? { force: true } : { wait_for_checkpoint: true }),
      },
      { signal, ignore: [404] },
    ),
  );
}
