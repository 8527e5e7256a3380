import { MANAGED } from './ownership.ts';
import type { IndexTemplateBody } from './kinds/index-template.ts';
import type { AssetContext } from './asset-context.ts';

export const STATE_TEMPLATE = 'tcsync-state';

/**
 * The index with the program's state: small, hidden, with a replica if there is a second node. The program reads its
 * documents by id; only fields that a person may want to search are mapped.
 */
export function stateTemplate({ flavour }: AssetContext): IndexTemplateBody {
  const nodes =
    flavour === 'serverless' ? {} : { number_of_shards: 1, auto_expand_replicas: '0-1' };
  return {
    index_patterns: ['tcsync-state-*'],
    priority: 180,
    composed_of: [],
    template: {
      settings: { index: { hidden: true, ...nodes } },
      mappings: {
        _meta: MANAGED,
        dynamic: false,
        properties: { feed: { type: 'keyword' }, watermark: { type: 'date' } },
      },
    },
    _meta: MANAGED,
  };
}
