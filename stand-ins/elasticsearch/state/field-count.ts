import { isObject, type JsonObject } from '../json/exact.ts';
import { asObject, type Mapping } from './mapping.ts';
import { type Settings, textSetting } from './settings.ts';

const DEFAULT_LIMIT = 1_000;

/** Fields, objects, multi-fields and runtime fields, as `index.mapping.total_fields.limit` counts them. */
export function countFields(mapping: Mapping): number {
  return countBelow(mapping) + Object.keys(asObject(mapping['runtime'])).length;
}

/** One definition with its own fields and multi-fields. */
export function countDefinition(definition: JsonObject): number {
  return 1 + Object.keys(asObject(definition['fields'])).length + countBelow(definition);
}

function countBelow(node: JsonObject): number {
  return Object.values(asObject(node['properties'])).reduce<number>(
    (sum, field) => sum + (isObject(field) ? countDefinition(field) : 0),
    0,
  );
}

export function fieldLimit(settings: Settings): number {
  return Number(textSetting(settings, 'index.mapping.total_fields.limit') ?? DEFAULT_LIMIT);
}
