import type { PlanContext } from '../asset-context.ts';
import { sharedMeta } from '../namespaces/set-by.ts';
import { DATA_STREAM, type IndexTemplateBody } from '../kinds/index-template.ts';
import { STREAM_MAPPINGS } from './stream-mappings.ts';
import { STREAM_SETTINGS } from './stream-settings.ts';

export const STREAM_TEMPLATE = 'tcsync-ti_threatconnect.indicator';

/** Templates that an operator may add; a later component wins. */
export const STREAM_CUSTOM = ['logs@custom', `${STREAM_TEMPLATE}@custom`];

/**
 * Above the built-in `logs-*-*` (100). Elastic's own package has 200: it wins if it is installed later, except after a
 * takeover. With 200 here it could not be installed.
 */
export const STREAM_PRIORITY = { own: 180, takeover: 220 };

export function streamTemplate(context: PlanContext): IndexTemplateBody {
  return {
    index_patterns: ['logs-ti_threatconnect.indicator-*'],
    priority: context.assets === 'takeover' ? STREAM_PRIORITY.takeover : STREAM_PRIORITY.own,
    data_stream: DATA_STREAM,
    allow_auto_create: true,
    composed_of: [
      'logs@mappings',
      'logs@settings',
      'ecs@mappings',
      STREAM_SETTINGS,
      STREAM_MAPPINGS,
      ...STREAM_CUSTOM,
    ],
    ignore_missing_component_templates: STREAM_CUSTOM,
    _meta: sharedMeta(context, 'templates'),
  };
}
