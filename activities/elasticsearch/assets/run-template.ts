import { MANAGED } from './ownership.ts';
import { KEYWORD, UNINDEXED } from './index-mapping.ts';
import { DATA_STREAM, type IndexTemplateBody } from './kinds/index-template.ts';

export const RUN_TEMPLATE = 'tcsync-run';

/** The outcome of each run, kept for a year and a month, so that a year can be compared with the one before. */
export const runTemplate: IndexTemplateBody = {
  index_patterns: ['logs-tcsync.run-*'],
  priority: 180,
  composed_of: [],
  data_stream: DATA_STREAM,
  template: {
    settings: { index: { mode: 'standard' } },
    lifecycle: { enabled: true, data_retention: '400d' },
    mappings: {
      dynamic: false,
      dynamic_templates: [
        { counts: { path_match: 'tcsync.run.counts.*', mapping: { type: 'long' } } },
      ],
      properties: {
        '@timestamp': { type: 'date' },
        data_stream: {
          properties: {
            type: { type: 'constant_keyword', value: 'logs' },
            dataset: { type: 'constant_keyword', value: 'tcsync.run' },
            namespace: { type: 'constant_keyword' },
          },
        },
        tcsync: {
          properties: {
            feed: KEYWORD,
            run_id: KEYWORD,
            run: {
              dynamic: false,
              properties: {
                window: { properties: { from: { type: 'date' }, to: { type: 'date' } } },
                outcome: KEYWORD,
                counts: { type: 'object', dynamic: true },
                attention: KEYWORD,
                notes: UNINDEXED,
              },
            },
          },
        },
      },
    },
  },
  _meta: MANAGED,
};
