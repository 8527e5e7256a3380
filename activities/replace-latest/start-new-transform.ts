import type { Client } from '@elastic/elasticsearch';
import { isDeepStrictEqual } from 'node:util';
import { parseDurationMs } from '../../contracts/duration.ts';
import { SinkMisconfiguredError } from '../../contracts/errors.ts';
import type { Build, Replacement } from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import { contextOf } from '../attempt/context-of.ts';
import type { Deps } from '../attempt/deps.ts';
import { requireCreated } from '../elasticsearch/assets/kinds/existing.ts';
import {
  readTransform,
  redirectTransform,
  standingOf,
  startTransform,
  transformOf,
  withoutAliases,
} from '../elasticsearch/assets/latest/build-transform.ts';
import { requireBuilding } from '../elasticsearch/assets/latest/require-building.ts';
import type { TransformBody } from '../elasticsearch/assets/transform/latest-transform.ts';
import { atSink } from '../elasticsearch/sink-error.ts';

/**
 * Creates and starts the new transform, without the alias. After a copy it begins a little before the time up to which
 * the old one had read when the copy began: what has changed since then it reads itself.
 *
 * @throws {SinkMisconfiguredError} if the copied documents are grouped by another key, or if the new index is gone
 */
export function startNewTransform(
  deps: Deps,
  { replacement: { kind, from, to, readToMs } }: { replacement: Replacement },
): Promise<void> {
  const { installer: sink } = deps;
  return attempt(async (signal) => {
    const context = await contextOf(deps, signal);
    await requireBuilding(sink, { from, to }, signal);
    const body = transformOf(context, to);
    if (kind === 'copy') await requireSameKey(sink, from, body, signal);
    const dest = withoutAliases(body);
    const existing = await readTransform(sink, to, signal);
    if (existing === null) {
      const answer = await atSink(`PUT _transform/${to.transform}`, signal, () =>
        sink.transform.putTransform(
          { transform_id: to.transform, ...body, dest },
          { signal, ignore: [400, 409], meta: true },
        ),
      );
      requireCreated(`transform ${to.transform}`, answer);
    } else if ('aliases' in existing.dest) {
      await redirectTransform(sink, to, dest, signal);
    }
    const { state } = await standingOf(sink, to, signal);
    if (state !== 'stopped') return;
    const delayMs = parseDurationMs(context.transformDelay) ?? 0;
    const fromMs = kind === 'copy' && readToMs !== null ? readToMs - delayMs : null;
    await startTransform(sink, to, fromMs, signal);
  });
}

/** The settings of the worker may have changed since the copy began. */
async function requireSameKey(
  sink: Client,
  from: Build,
  { latest }: TransformBody,
  signal: AbortSignal,
): Promise<void> {
  const old = await readTransform(sink, from, signal);
  if (old === null || isDeepStrictEqual(old.latest?.unique_key, latest.unique_key)) return;
  throw new SinkMisconfiguredError(
    'the worker has another TCSYNC_OUTPUT_PROFILE than when the copy began, so that readers would see indicators twice; nothing was replaced: `tcsync apply --replace-latest` begins anew',
  );
}
