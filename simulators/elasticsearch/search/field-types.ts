import { asText, isObject, type JsonObject } from '../json/exact.ts';
import { asObject, isContainer, type Mapping } from '../state/mapping.ts';
import { toList } from '../state/templates.ts';
import { parseDate } from '../text/dates.ts';
import { matchesPattern } from '../text/wildcard.ts';

/** What a search knows of a field. */
export interface FieldType {
  readonly field: string;
  /** Elasticsearch's name of the type: `keyword`, `date`, … */
  readonly type: string;
  /** Where its values stand in the source: a multi-field shares those of its parent. */
  readonly sourcePath: string;
  readonly definition: JsonObject;
}

/** The type of a field that the mapping names; `unknown`: not named, but documents may bring it along. */
export type Resolved =
  | { readonly kind: 'mapped'; readonly type: FieldType }
  | { readonly kind: 'none' }
  | { readonly kind: 'object' }
  | { readonly kind: 'unknown' };

export function resolveField(mapping: Mapping, field: string): Resolved {
  let node: JsonObject = mapping;
  let dynamic = node['dynamic'] ?? 'true';
  const steps = field.split('.');
  for (const [depth, step] of steps.entries()) {
    const child = asObject(node['properties'])[step];
    if (!isObject(child))
      return dynamic === 'true' || dynamic === 'runtime' ? { kind: 'unknown' } : { kind: 'none' };
    if (isContainer(child)) {
      dynamic = child['dynamic'] ?? dynamic;
      node = child;
      continue;
    }
    return resolveLeaf(mapping, field, child, steps, depth);
  }
  return { kind: 'object' };
}

function resolveLeaf(
  mapping: Mapping,
  field: string,
  definition: JsonObject,
  steps: readonly string[],
  depth: number,
): Resolved {
  const rest = steps.slice(depth + 1);
  const path = steps.slice(0, depth + 1).join('.');
  if (definition['type'] === 'alias') return resolveField(mapping, String(definition['path']));
  if (rest.length === 0) return mapped(field, path, definition);
  if (definition['type'] === 'flattened') return mapped(field, field, { type: 'flattened' });
  const sub = asObject(definition['fields'])[rest.join('.')];
  return isObject(sub) ? mapped(field, path, sub) : { kind: 'none' };
}

function mapped(field: string, sourcePath: string, definition: JsonObject): Resolved {
  return {
    kind: 'mapped',
    type: { field, type: String(definition['type']), sourcePath, definition },
  };
}

/**
 * The definition that a field gets from the first value that a document brings for it.
 *
 * @param value neither null nor an object nor an array
 * @see Elasticsearch reference, "Dynamic mapping"
 */
export function inferDefinition(mapping: Mapping, field: string, value: unknown): JsonObject {
  const jsonType = jsonTypeOf(mapping, value);
  const templates = Array.isArray(mapping['dynamic_templates'])
    ? (mapping['dynamic_templates'] as unknown[])
    : [];
  for (const template of templates.flatMap((item) => Object.values(asObject(item)))) {
    const rule = asObject(template);
    if (!ruleMatches(rule, field, jsonType)) continue;
    const definition = asObject(rule['mapping']);
    const type =
      definition['type'] === undefined ? defaultType(jsonType) : asText(definition['type']);
    return { ...definition, type: type.replace('{dynamic_type}', defaultType(jsonType)) };
  }
  if (jsonType === 'string') {
    return { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } };
  }
  return { type: defaultType(jsonType) };
}

type JsonType = 'boolean' | 'date' | 'double' | 'long' | 'string';

function jsonTypeOf(mapping: Mapping, value: unknown): JsonType {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  const text = String(value);
  const detects = mapping['date_detection'] !== false;
  const looksLikeDate = /^\d{4}[-/]\d{2}[-/]\d{2}/.test(text);
  const isDate =
    looksLikeDate && typeof parseDate(text, 'strict_date_optional_time||yyyy/MM/dd') === 'number';
  return detects && isDate ? 'date' : 'string';
}

function defaultType(jsonType: JsonType): string {
  if (jsonType === 'double') return 'float';
  return jsonType === 'string' ? 'text' : jsonType;
}

function ruleMatches(rule: JsonObject, field: string, jsonType: JsonType): boolean {
  const name = field.slice(field.lastIndexOf('.') + 1);
  const types = toList(rule['match_mapping_type']);
  const not = toList(rule['unmatch_mapping_type']);
  const any = (patterns: unknown, text: string, fallback: boolean): boolean => {
    const list = toList(patterns);
    return list.length === 0 ? fallback : list.some((pattern) => matchesPattern(pattern, text));
  };
  return (
    (types.length === 0 || types.includes('*') || types.includes(jsonType)) &&
    !not.includes(jsonType) &&
    any(rule['match'], name, true) &&
    !any(rule['unmatch'], name, false) &&
    any(rule['path_match'], field, true) &&
    !any(rule['path_unmatch'], field, false)
  );
}
