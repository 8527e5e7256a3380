import type { Replacement } from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import type { Deps } from '../attempt/deps.ts';
import { deleteBuild, deleteTransform } from '../elasticsearch/assets/latest/delete-build.ts';
import {
  redirectTransform,
  standingOf,
  startTransform,
} from '../elasticsearch/assets/latest/build-transform.ts';
import { indicesBehindAlias } from '../elasticsearch/assets/latest/generation.ts';
import { builds, putMark, type Mark } from '../elasticsearch/assets/latest/mark.ts';
import { atSink } from '../elasticsearch/sink-error.ts';

/**
 * Ends a replacement that failed or was cancelled: readers stay with the old index, which changes again. A new index is
 * deleted; one to which an undo wanted to go back is kept as before. Does nothing after the swap. Safe to repeat.
 *
 * @returns true if readers see the old index
 */
export function abandonReplacement(
  { installer: sink }: Deps,
  { replacement: { kind, from, to } }: { replacement: Replacement },
): Promise<boolean> {
  return attempt(async (signal) => {
    const behind = await indicesBehindAlias(sink, signal);
    if (behind.includes(to.index)) return false;
    const { state } = await standingOf(sink, from, signal);
    if (state === 'stopped') {
      // its start would move back an alias that somebody has moved
      const isServed = behind.length === 1 && behind[0] === from.index;
      if (!isServed) await redirectTransform(sink, from, { index: from.index }, signal);
      await startTransform(sink, from, null, signal);
    }
    if (kind === 'undo') {
      await atSink(`POST _transform/${to.transform}/_stop`, signal, () =>
        sink.transform.stopTransform(
          { transform_id: to.transform, force: true },
          { signal, ignore: [404] },
        ),
      );
    } else {
      await deleteTransform(sink, to, signal);
    }
    const build = (await builds(sink, signal)).find(({ index }) => index === to.index);
    if (build?.mark?.state === 'building') {
      const since = new Date().toISOString();
      const mark: Mark =
        kind === 'undo'
          ? { state: 'superseded', since, by_number: from.number }
          : { state: 'abandoned', since };
      await putMark(sink, build, mark, signal);
    }
    if (kind !== 'undo' && build !== undefined) await deleteBuild(sink, to, signal);
    return true;
  });
}
