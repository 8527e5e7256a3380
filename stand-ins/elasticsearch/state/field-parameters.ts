/** Parameters of every field type. */
const COMMON = new Set(['type', 'meta', 'fields']);
const STORED = ['doc_values', 'ignore_malformed', 'index'];
const OBJECT = ['type', 'properties', 'dynamic', 'enabled', 'meta'];

/** The field types that the stand-in knows, and the parameters that each takes beside the common ones. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  boolean: STORED,
  byte: STORED,
  constant_keyword: ['value'],
  date: [...STORED, 'format'],
  double: STORED,
  flattened: ['doc_values', 'ignore_above', 'index'],
  float: STORED,
  integer: STORED,
  ip: STORED,
  ip_range: ['doc_values', 'index'],
  keyword: ['doc_values', 'ignore_above', 'index'],
  long: STORED,
  match_only_text: [],
  nested: OBJECT,
  object: OBJECT,
  short: STORED,
  text: ['index'],
  wildcard: ['ignore_above'],
};

export function isFieldType(type: string): boolean {
  return Object.hasOwn(TYPES, type);
}

export function takesParameter(type: string, parameter: string): boolean {
  return COMMON.has(parameter) || (TYPES[type]?.includes(parameter) ?? false);
}

/** Parameters that a mapping update may change; a change of any other is a conflict. */
export const UPDATEABLE: readonly string[] = [
  'dynamic',
  'fields',
  'ignore_above',
  'ignore_malformed',
  'meta',
  'properties',
];

/** The value of a parameter that a mapping does not set, as conflicts show it. */
export const DEFAULTS: Readonly<Record<string, string>> = {
  doc_values: 'true',
  format: 'strict_date_optional_time||epoch_millis',
  index: 'true',
};
