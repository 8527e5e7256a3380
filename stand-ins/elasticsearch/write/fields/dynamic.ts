import { asText, isObject, type JsonObject, toList } from '../../json/exact.ts';
import { asObject, type Mapping } from '../../state/mapping.ts';
import { parseDate } from '../../text/dates.ts';
import { matchesPattern } from '../../text/wildcard.ts';

/** What dynamic templates distinguish. */
type JsonType = 'boolean' | 'date' | 'double' | 'long' | 'object' | 'string';

/** The definition of a field that no mapping names. */
export interface Deduced {
  readonly kind: 'field' | 'runtime';
  readonly definition: JsonObject;
}

/**
 * The definition that a field gets from the first value that a document brings for it.
 *
 * @param runtime the object around the field has `dynamic: runtime`
 * @see Elasticsearch reference, "Dynamic field mapping" and "Dynamic templates"
 */
export function deduce(mapping: Mapping, path: string, value: unknown, runtime: boolean): Deduced {
  const jsonType = jsonTypeOf(mapping, value);
  const rule = ruleFor(mapping, path, jsonType);
  if (rule !== null) {
    const given = asObject(rule['mapping']);
    return { kind: 'field', definition: { type: typeOf(jsonType), ...given } };
  }
  if (runtime && jsonType !== 'object') {
    const type = jsonType === 'string' ? 'keyword' : jsonType;
    return { kind: 'runtime', definition: { type } };
  }
  const fields =
    jsonType === 'string' ? { fields: { keyword: { type: 'keyword', ignore_above: 256 } } } : {};
  return { kind: 'field', definition: { type: typeOf(jsonType), ...fields } };
}

function jsonTypeOf(mapping: Mapping, value: unknown): JsonType {
  if (isObject(value)) return 'object';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  const text = asText(value);
  // a number alone is no date
  const isDate =
    mapping['date_detection'] !== false &&
    /[-/:]/.test(text) &&
    typeof parseDate(text, 'strict_date_optional_time') === 'number';
  return isDate ? 'date' : 'string';
}

function typeOf(jsonType: JsonType): string {
  if (jsonType === 'double') return 'float';
  return jsonType === 'string' ? 'text' : jsonType;
}

function ruleFor(mapping: Mapping, path: string, jsonType: JsonType): JsonObject | null {
  const given = mapping['dynamic_templates'];
  const list: unknown[] = Array.isArray(given) ? given : [];
  const rules = list.flatMap((item) => Object.values(asObject(item)).map(asObject));
  return rules.find((rule) => matches(rule, path, jsonType)) ?? null;
}

function matches(rule: JsonObject, path: string, jsonType: JsonType): boolean {
  const types = toList(rule['match_mapping_type']);
  const paths = toList(rule['path_match']);
  return (
    (types.length === 0 || types.includes('*') || types.includes(jsonType)) &&
    !toList(rule['unmatch_mapping_type']).includes(jsonType) &&
    (paths.length === 0 || paths.some((pattern) => matchesPattern(pattern, path)))
  );
}
