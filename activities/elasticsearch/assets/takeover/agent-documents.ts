import type { Client } from '@elastic/elasticsearch';
import { dataStream } from '../../../../contracts/names.ts';
import { atSink } from '../../sink-error.ts';
import type { AssetContext } from '../asset-context.ts';

/** An agent of the integration writes at least once an hour, unless its interval was made longer. */
const RECENT = 'now-1h';

/**
 * Counts documents that an agent of Elastic's own integration has written within the last hour. Those of the program
 * have `event.created`, except with the profile `compatible`; the agent names itself in each of its documents.
 */
export async function agentDocuments(
  sink: Client,
  { namespace, profile }: Pick<AssetContext, 'namespace' | 'profile'>,
  signal: AbortSignal,
): Promise<number> {
  const index = dataStream(namespace);
  const { count } = await atSink(`POST ${index}/_count`, signal, () =>
    sink.count(
      {
        index,
        ignore_unavailable: true,
        query: {
          bool: {
            filter: [
              { range: { 'event.ingested': { gte: RECENT } } },
              ...(profile === 'compatible' ? [{ exists: { field: 'agent.id' } }] : []),
            ],
            must_not: [{ exists: { field: 'event.created' } }],
          },
        },
      },
      { signal },
    ),
  );
  return count;
}
