import { MANAGED } from '../ownership.ts';
import { DATA_STREAM, type IndexTemplateBody } from '../kinds/index-template.ts';
import { STREAM_MAPPINGS } from './stream-mappings.ts';
import { STREAM_SETTINGS } from './stream-settings.ts';

export const STREAM_TEMPLATE = 'tcsync-ti_threatconnect.indicator';

/** Templates that an operator may add; a later component wins. */
const CUSTOM = ['logs@custom', `${STREAM_TEMPLATE}@custom`];

/**
 * Priority 180 is above the built-in `logs-*-*` (100) and below the 200 of Elastic's own package. The package wins if
 * it is installed later; with 200 here it could not be installed.
 */
export const streamTemplate: IndexTemplateBody = {
  index_patterns: ['logs-ti_threatconnect.indicator-*'],
  priority: 180,
  data_stream: DATA_STREAM,
  allow_auto_create: true,
  composed_of: [
    'logs@mappings',
    'logs@settings',
    'ecs@mappings',
    STREAM_SETTINGS,
    STREAM_MAPPINGS,
    ...CUSTOM,
  ],
  ignore_missing_component_templates: CUSTOM,
  _meta: MANAGED,
};
