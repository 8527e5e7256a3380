import { CONSTANT_FIELDS, FIELDS } from '../../../../mapping/field-table.ts';
import { MANAGED } from '../asset.ts';
import { toProperties } from '../index-mapping.ts';
import type { ComponentTemplateBody } from '../kinds/component-template.ts';

export const STREAM_MAPPINGS = 'tcsync-ti_threatconnect.indicator@mappings';

/** Values that contradict the field table are refused, see docs/decisions/malformed-values.md. */
export const streamMappings: ComponentTemplateBody = {
  template: { mappings: { properties: toProperties(FIELDS, CONSTANT_FIELDS, 'refuse malformed') } },
  version: 1,
  _meta: MANAGED,
};
