import type { estypes } from '@elastic/elasticsearch';
import { SinkMisconfiguredError } from '../../contracts/errors.ts';
import { LATEST_ALIAS } from '../../contracts/names.ts';
import type { Replacement } from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import type { Deps } from '../attempt/deps.ts';
import { requireBuilding } from '../elasticsearch/assets/latest/require-building.ts';
import { atSink } from '../elasticsearch/sink-error.ts';

/**
 * Moves readers from the old latest index to the new one, in one request: no reader sees none, or both. Safe to repeat.
 *
 * @throws {SinkMisconfiguredError} if readers see another index than the old one, or if the new one is gone
 */
export function swapAlias(
  { installer: sink }: Deps,
  { replacement: { from, to } }: { replacement: Replacement },
): Promise<void> {
  return attempt(async (signal) => {
    const { body, statusCode } = await atSink(`GET _alias/${LATEST_ALIAS}`, signal, () =>
      sink.indices.getAlias({ name: LATEST_ALIAS }, { signal, ignore: [404], meta: true }),
    );
    const behind = statusCode === 404 ? [] : Object.keys(body);
    if (behind.length === 1 && behind[0] === to.index) return;
    if (behind.length !== 1 || behind[0] !== from.index) {
      throw new SinkMisconfiguredError(
        `${LATEST_ALIAS} stands for ${behind.join(', ') || 'no index'}, not for ${from.index} alone: somebody else has moved it; nothing was replaced`,
      );
    }
    await requireBuilding(sink, { from, to }, signal);
    // a filter or a routing that an operator gave it stays
    const kept: estypes.IndicesAliasDefinition = body[from.index]?.aliases[LATEST_ALIAS] ?? {};
    await atSink('POST _aliases', signal, () =>
      sink.indices.updateAliases(
        {
          actions: [
            { remove: { index: from.index, alias: LATEST_ALIAS, must_exist: true } },
            { add: { index: to.index, alias: LATEST_ALIAS, ...kept } },
          ],
        },
        { signal },
      ),
    );
  });
}
