import { MANAGED } from './ownership.ts';
import { KEYWORD, UNINDEXED } from './index-mapping.ts';
import { DATA_STREAM, type IndexTemplateBody } from './kinds/index-template.ts';

export const REJECT_TEMPLATE = 'tcsync-reject';

/** Records that could not become a document. They are kept for 30 days; until then they can be read again by id. */
export const rejectTemplate: IndexTemplateBody = {
  index_patterns: ['logs-tcsync.reject-*'],
  priority: 180,
  composed_of: [],
  data_stream: DATA_STREAM,
  template: {
    settings: { index: { mode: 'standard' } },
    lifecycle: { enabled: true, data_retention: '30d' },
    mappings: {
      dynamic: false,
      properties: {
        '@timestamp': { type: 'date' },
        data_stream: {
          properties: {
            type: { type: 'constant_keyword', value: 'logs' },
            dataset: { type: 'constant_keyword', value: 'tcsync.reject' },
            namespace: { type: 'constant_keyword' },
          },
        },
        tcsync: {
          properties: {
            feed: KEYWORD,
            run_id: KEYWORD,
            reject: {
              properties: {
                id: KEYWORD,
                reason: KEYWORD,
                indicator_id: KEYWORD,
                position: { type: 'long' },
                owner: KEYWORD,
                type: KEYWORD,
                summary: KEYWORD,
                // the source's own text, which may be the malformed value
                last_modified: { type: 'date', ignore_malformed: true },
                range: {
                  properties: {
                    from: { type: 'date' },
                    to: { type: 'date' },
                    owner_ids: KEYWORD,
                    after_id: KEYWORD,
                    before_id: KEYWORD,
                  },
                },
                text: UNINDEXED,
                text_bytes: { type: 'long' },
                state: KEYWORD,
              },
            },
          },
        },
      },
    },
  },
  _meta: MANAGED,
};
