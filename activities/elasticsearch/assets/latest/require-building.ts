import type { Client } from '@elastic/elasticsearch';
import { SinkMisconfiguredError } from '../../../../contracts/errors.ts';
import type { Replacement } from '../../../../contracts/replace-latest-input.ts';
import { builds } from './mark.ts';

/**
 * Elasticsearch creates a deleted index again, without its mark, as soon as something is written into it.
 *
 * @throws {SinkMisconfiguredError} if the new index is not the one that the replacement has created
 */
export async function requireBuilding(
  sink: Client,
  { from, to }: Pick<Replacement, 'from' | 'to'>,
  signal: AbortSignal,
): Promise<void> {
  const all = await builds(sink, signal);
  const mark = all.find(({ index }) => index === to.index)?.mark;
  if (mark?.state === 'building' && mark.replaces === from.number) return;
  throw new SinkMisconfiguredError(
    `the new latest index ${to.index} is no longer the one that this replacement has created: somebody has deleted it; nothing was replaced`,
  );
}
