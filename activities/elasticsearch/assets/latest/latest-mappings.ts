import { LATEST_CONSTANT_FIELDS, LATEST_FIELDS } from '../../../../mapping/field-table.ts';
import { MANAGED } from '../ownership.ts';
import { toProperties } from '../index-mapping.ts';
import type { ComponentTemplateBody } from '../kinds/component-template.ts';

export const LATEST_MAPPINGS = 'tcsync-ti_threatconnect_latest@mappings';

/**
 * Each new backing index of the data stream maps keys that the field table lacks by their first value: a text today, an
 * object after the next rollover. The latest index receives both and must refuse neither. Therefore such keys become
 * runtime fields, which can be searched and conflict with nothing.
 */
export const latestMappings: ComponentTemplateBody = {
  template: {
    mappings: {
      dynamic: 'runtime',
      date_detection: false,
      properties: toProperties(LATEST_FIELDS, LATEST_CONSTANT_FIELDS, 'ignore malformed'),
    },
  },
  _meta: MANAGED,
};
