import type { PlanContext } from '../asset-context.ts';
import { sharedMeta } from '../namespaces/set-by.ts';
import type { IndexTemplateBody } from '../kinds/index-template.ts';
import { LATEST_MAPPINGS } from './latest-mappings.ts';
import { LATEST_SETTINGS } from './latest-settings.ts';

export const LATEST_TEMPLATE = 'tcsync-ti_threatconnect_latest';

/** Every latest index, including that of Elastic's own package. */
export const LATEST_INDICES = 'logs-ti_threatconnect_latest.dest_indicator-*';

/** The template that an operator may add. */
export const LATEST_CUSTOM = [`${LATEST_TEMPLATE}@custom`];

export const LATEST_PRIORITY = { own: 240, takeover: 260 };

/**
 * Without this template the name of the transform's index would match the built-in `logs-*-*`, which creates a data
 * stream. Elastic's own package has the priority 250: it wins, except after a takeover. `ecs@mappings` is left out: its dynamic templates
 * would map keys that are better left to runtime fields.
 */
export function latestTemplate(context: PlanContext): IndexTemplateBody {
  return {
    index_patterns: [LATEST_INDICES],
    priority: context.assets === 'takeover' ? LATEST_PRIORITY.takeover : LATEST_PRIORITY.own,
    composed_of: [LATEST_SETTINGS, LATEST_MAPPINGS, ...LATEST_CUSTOM],
    ignore_missing_component_templates: LATEST_CUSTOM,
    _meta: sharedMeta(context, 'templates'),
  };
}
