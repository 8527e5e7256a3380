import type { Client } from '@elastic/elasticsearch';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';

/** Moves the alias of the latest index in one request, so that no reader sees no index, or two. */
export async function moveReaders(
  sink: Client,
  { from, to }: { from: readonly string[]; to: string },
  signal: AbortSignal,
): Promise<void> {
  await sink.indices.updateAliases(
    {
      actions: [
        ...from.map((index) => ({ remove: { index, alias: LATEST_ALIAS } })),
        { add: { index: to, alias: LATEST_ALIAS } },
      ],
    },
    { signal },
  );
}
