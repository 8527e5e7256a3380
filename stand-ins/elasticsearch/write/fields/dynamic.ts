import { notInStandIn } from '../../errors.ts';
import { asText, isObject, type JsonObject, toList } from '../../json/exact.ts';
import { asObject, type Mapping } from '../../state/mapping.ts';
import { parseDate } from '../../text/dates.ts';
import { matchesPattern } from '../../text/wildcard.ts';

/** What a value is to dynamic templates. */
export type JsonType = 'boolean' | 'date' | 'double' | 'long' | 'object' | 'string';

/** What a field becomes that no mapping names. */
export interface Deduced {
  readonly kind: 'field' | 'runtime';
  readonly definition: JsonObject;
}

/**
 * The definition that a field gets from the first value that a document brings for it.
 *
 * @see Elasticsearch reference, "Dynamic field mapping" and "Dynamic templates"
 */
export function deduce(
  mapping: Mapping,
  path: string,
  value: { kind: 'boolean' | 'number' | 'object' | 'string'; text: string },
  runtime: boolean,
): Deduced {
  const { jsonType, format } = jsonTypeOf(mapping, value);
  const rule = ruleFor(mapping, path, jsonType);
  if (rule !== null) return fromRule(rule, path, jsonType, format);
  if (runtime && jsonType !== 'object') {
    const type = jsonType === 'string' ? 'keyword' : jsonType;
    return { kind: 'runtime', definition: { type, ...formatOf(format) } };
  }
  if (jsonType === 'string') {
    const keyword = { type: 'keyword', ignore_above: 256 };
    return { kind: 'field', definition: { type: 'text', fields: { keyword } } };
  }
  return { kind: 'field', definition: { type: defaultType(jsonType), ...formatOf(format) } };
}

function fromRule(
  rule: JsonObject,
  path: string,
  jsonType: JsonType,
  format: string | null,
): Deduced {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const runtime = isObject(rule['runtime']);
  const fallback = runtime ? runtimeType(jsonType) : defaultType(jsonType);
  const given = asObject(rule[runtime ? 'runtime' : 'mapping']);
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return value.replaceAll('{name}', name).replaceAll('{dynamic_type}', fallback);
    }
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]));
  };
  const filled = asObject(fill(given));
  const type = filled['type'] === undefined ? fallback : asText(filled['type']);
  const dated = type === 'date' && filled['format'] === undefined ? formatOf(format) : {};
  return { kind: runtime ? 'runtime' : 'field', definition: { ...filled, ...dated, type } };
}

const SECOND_DETECTED = 'yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis';
const DETECTED = ['strict_date_optional_time', 'yyyy/MM/dd HH:mm:ss||yyyy/MM/dd'];

function jsonTypeOf(
  mapping: Mapping,
  { kind, text }: { kind: string; text: string },
): { jsonType: JsonType; format: string | null } {
  const plain = (jsonType: JsonType): { jsonType: JsonType; format: null } => ({
    jsonType,
    format: null,
  });
  if (kind === 'object' || kind === 'boolean') return plain(kind);
  if (kind === 'number') return plain(/^-?\d+$/.test(text) ? 'long' : 'double');
  for (const name of ['numeric_detection', 'dynamic_date_formats']) {
    if (mapping[name] !== undefined) throw notInStandIn(`[${name}] of a mapping`);
  }
  // a number alone is no date, whatever the formats say
  if (mapping['date_detection'] === false || !/[-/:]/.test(text)) return plain('string');
  const found = DETECTED.find((format) => typeof parseDate(text, format) === 'number');
  if (found === undefined) return plain('string');
  return { jsonType: 'date', format: found === DETECTED[0] ? null : SECOND_DETECTED };
}

function formatOf(format: string | null): JsonObject {
  return format === null ? {} : { format };
}

function defaultType(jsonType: JsonType): string {
  if (jsonType === 'double') return 'float';
  return jsonType === 'string' ? 'text' : jsonType;
}

function runtimeType(jsonType: JsonType): string {
  return jsonType === 'string' ? 'keyword' : jsonType;
}

function ruleFor(mapping: Mapping, path: string, jsonType: JsonType): JsonObject | null {
  const given = mapping['dynamic_templates'];
  if (!Array.isArray(given)) return null;
  const rules = (given as unknown[]).flatMap((item) => Object.values(asObject(item)));
  return rules.map(asObject).find((rule) => matches(rule, path, jsonType)) ?? null;
}

function matches(rule: JsonObject, path: string, jsonType: JsonType): boolean {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const types = toList(rule['match_mapping_type']);
  if (rule['match_pattern'] === 'regex') throw notInStandIn('a dynamic template with [regex]');
  const any = (patterns: unknown, text: string, fallback: boolean): boolean => {
    const list = toList(patterns);
    if (list.length === 0) return fallback;
    return list.some((pattern) => matchesPattern(pattern, text));
  };
  return (
    (types.length === 0 || types.includes('*') || types.includes(jsonType)) &&
    !toList(rule['unmatch_mapping_type']).includes(jsonType) &&
    any(rule['match'], name, true) &&
    !any(rule['unmatch'], name, false) &&
    any(rule['path_match'], path, true) &&
    !any(rule['path_unmatch'], path, false)
  );
}
