import { CONSTANT_FIELDS, FIELDS } from '../../../../mapping/field-table.ts';
import { MANAGED } from '../ownership.ts';
import { toProperties } from '../index-mapping.ts';
import type { ComponentTemplateBody } from '../kinds/component-template.ts';

export const STREAM_MAPPINGS = 'tcsync-ti_threatconnect.indicator@mappings';

/** Values that contradict the field table are refused, see docs/decisions/malformed-values.md. */
export const streamMappings: ComponentTemplateBody = {
  template: { mappings: { properties: toProperties(FIELDS, CONSTANT_FIELDS, 'refuse malformed') } },
  _meta: MANAGED,
};
