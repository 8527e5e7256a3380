import { MANAGED } from '../ownership.ts';
import type { ComponentTemplateBody } from '../kinds/component-template.ts';
import { MOST_FIELDS } from '../stream/stream-settings.ts';

export const LATEST_SETTINGS = 'tcsync-ti_threatconnect_latest@settings';

/** Lenient: one refused document would stop the transform for all. */
export const latestSettings: ComponentTemplateBody = {
  template: {
    settings: {
      index: {
        default_pipeline: '_none',
        mode: 'standard',
        mapping: {
          ignore_malformed: true,
          total_fields: { limit: MOST_FIELDS, ignore_dynamic_beyond_limit: true },
        },
      },
    },
  },
  _meta: MANAGED,
};
