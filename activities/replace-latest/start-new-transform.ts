import type { Replacement } from '../../contracts/replace-latest-input.ts';
import { parseDurationMs } from '../../contracts/duration.ts';
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
import { atSink } from '../elasticsearch/sink-error.ts';

/**
 * Creates and starts the new transform, without the alias. After a copy it begins a little before the time up to which
 * the old one had read when the copy began: what has changed since then it reads itself.
 */
export function startNewTransform(
  deps: Deps,
  { replacement: { kind, to, readToMs } }: { replacement: Replacement },
): Promise<void> {
  const { installer: sink } = deps;
  return attempt(async (signal) => {
    const context = await contextOf(deps, signal);
    const body = transformOf(context, to);
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
