import { stateIndex } from '../../../contracts/names.ts';
import { SinkMisconfiguredError } from '../../errors.ts';
import { errorType } from '../sink-error.ts';
import { MANAGED, type Asset } from './asset.ts';

/**
 * The index that holds the program's memory: small, hidden, replicated where there is a second node. Its
 * documents are read by id; only what a person may want to search is mapped.
 */
export function stateIndexAsset(namespace: string): Asset {
  const index = stateIndex(namespace);
  return {
    name: `index ${index}`,
    exists: async (sink, signal) => sink.indices.exists({ index }, { signal }),
    create: async (sink, signal) => {
      const answer = await sink.indices.create(
        {
          index,
          settings: { index: { hidden: true, number_of_shards: 1, auto_expand_replicas: '0-1' } },
          mappings: {
            _meta: MANAGED,
            dynamic: false,
            properties: { feed: { type: 'keyword' }, watermark: { type: 'date' } },
          },
        },
        { signal, ignore: [400], meta: true },
      );
      // two installers at once: the other one created it
      if (
        answer.statusCode === 400 &&
        errorType(answer.body) !== 'resource_already_exists_exception'
      ) {
        throw new SinkMisconfiguredError(`create index ${index}: 400 ${errorType(answer.body)}`);
      }
    },
  };
}
