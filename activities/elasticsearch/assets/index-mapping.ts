import type { estypes } from '@elastic/elasticsearch';
import type { FieldType } from '../../../mapping/field-table.ts';

// longer values stay in the document but are not searchable, as in the integration's own mapping
const KEYWORD = { type: 'keyword', ignore_above: 1024 } as const;
const TEXT = { text: { type: 'match_only_text' } } as const;

const PROPERTY: Readonly<Record<FieldType, estypes.MappingProperty>> = {
  boolean: { type: 'boolean' },
  constant_keyword: { type: 'constant_keyword' },
  date: { type: 'date' },
  double: { type: 'double' },
  flattened: { type: 'flattened' },
  ip: { type: 'ip' },
  ip_range: { type: 'ip_range' },
  keyword: KEYWORD,
  keyword_with_number: {
    ...KEYWORD,
    fields: { number: { type: 'long', ignore_malformed: true } },
  },
  keyword_with_text: { ...KEYWORD, fields: TEXT },
  long: { type: 'long' },
  match_only_text: { type: 'match_only_text' },
  unindexed: { type: 'keyword', index: false, doc_values: false },
  wildcard: { type: 'wildcard' },
  wildcard_with_text: { type: 'wildcard', fields: TEXT },
};

/** Elasticsearch's `properties`, nested objects, of dotted field names. */
export function toProperties(
  fields: Readonly<Record<string, FieldType>>,
  constants: Readonly<Record<string, string>> = {},
): Record<string, estypes.MappingProperty> {
  const root: Tree = {};
  for (const [name, type] of Object.entries(fields)) place(root, name, PROPERTY[type]);
  for (const [name, value] of Object.entries(constants)) {
    place(root, name, { type: 'constant_keyword', value });
  }
  return root;
}

type Tree = Record<string, estypes.MappingProperty>;

function place(root: Tree, name: string, property: estypes.MappingProperty): void {
  const path = name.split('.');
  const leaf = path.pop() ?? name;
  let tree = root;
  for (const key of path) {
    const object = (tree[key] ??= { properties: {} }) as { properties: Tree };
    tree = object.properties;
  }
  tree[leaf] = property;
}
