import { dataStream } from '../../contracts/names.ts';
import type { Deps } from './deps.ts';
import { backingIndices, requireSameStream } from '../elasticsearch/stream-identity.ts';

/**
 * Returns the backing indices of the data stream, which must be the one that a run has written to.
 * @throws {StreamReplacedError}
 */
export async function requireStream(
  { sink, settings }: Deps,
  known: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const name = dataStream(settings.namespace);
  const now = await backingIndices(sink, name, signal);
  requireSameStream(name, known, now);
  return now;
}
