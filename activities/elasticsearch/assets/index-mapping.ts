import type { estypes } from '@elastic/elasticsearch';
import { IGNORE_ABOVE, type FieldType } from '../../../mapping/field-table.ts';

// longer values stay in the document but cannot be searched, as in the integration's own mapping
export const KEYWORD = { type: 'keyword', ignore_above: 1024 } as const;
// stored with the document, any length, not searchable
export const UNINDEXED = { type: 'keyword', index: false, doc_values: false } as const;
const TEXT = { text: { type: 'match_only_text' } } as const;

const PROPERTY: Readonly<Record<FieldType, estypes.MappingProperty>> = {
  boolean: { type: 'boolean' },
  constant_keyword: { type: 'constant_keyword' },
  date: { type: 'date' },
  double: { type: 'double' },
  flattened: { type: 'flattened' },
  flattened_other: { type: 'flattened', ignore_above: IGNORE_ABOVE },
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
  unindexed: UNINDEXED,
  wildcard: { type: 'wildcard' },
  wildcard_with_text: { type: 'wildcard', fields: TEXT },
};

/** Types that have the parameter `ignore_malformed`. The other types refuse a malformed value, or accept any value. */
const CAN_IGNORE: ReadonlySet<FieldType> = new Set(['boolean', 'date', 'double', 'ip', 'long']);

/**
 * Turns dotted field names into nested `properties` of an Elasticsearch mapping.
 *
 * @param malformed `ignore malformed`: the index setting decides; `refuse malformed`: refuse, whatever the index
 *   setting is
 */
export function toProperties(
  fields: Readonly<Record<string, FieldType>>,
  constants: Readonly<Record<string, string>>,
  malformed: 'ignore malformed' | 'refuse malformed',
): Record<string, estypes.MappingProperty> {
  const root: Tree = {};
  for (const [name, type] of Object.entries(fields)) {
    const property = PROPERTY[type];
    const isStrict = malformed === 'refuse malformed' && CAN_IGNORE.has(type);
    place(root, name, isStrict ? refusing(property) : property);
  }
  for (const [name, value] of Object.entries(constants)) {
    place(root, name, { type: 'constant_keyword', value });
  }
  return root;
}

function refusing(property: estypes.MappingProperty): estypes.MappingProperty {
  return { ...property, ignore_malformed: false } as estypes.MappingProperty;
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
