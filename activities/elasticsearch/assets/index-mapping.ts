import type { estypes } from '@elastic/elasticsearch';
import type { FieldType } from '../../../mapping/fields.ts';

const PROPERTY: Readonly<Record<FieldType, estypes.MappingProperty>> = {
  boolean: { type: 'boolean' },
  date: { type: 'date' },
  double: { type: 'double' },
  ip: { type: 'ip' },
  // longer values stay in the document but are not searchable, as in the integration's own mapping
  keyword: { type: 'keyword', ignore_above: 1024 },
  long: { type: 'long' },
  match_only_text: { type: 'match_only_text' },
  unindexed: { type: 'keyword', index: false, doc_values: false },
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
