import { toDouble, toLong } from '../compatible/conversions.ts';
import { parseDate } from '../compatible/date.ts';
import { isIp } from '../compatible/ip-address.ts';
import { setKey } from '../compatible/place.ts';
import { isExactNumber, isObject, textOf, type Json, type JsonObject } from '../exact-json.ts';
import { CONSTANT_FIELDS, FIELDS, type FieldType } from '../field-table.ts';
import { isFlattenable } from './flattened.ts';

/** What is declared at a path: a field, or the objects below which fields are. */
type Declared = FieldType | Tree;
type Tree = ReadonlyMap<string, Declared>;

const TREE = toTree([
  ...Object.entries(FIELDS),
  ...Object.keys(CONSTANT_FIELDS).map((name) => [name, 'constant_keyword'] as const),
]);

/**
 * The document without values that do not fit their field's type: Elasticsearch would refuse all of it.
 * Fields that are not declared are left alone.
 *
 * @param misfit is told each field that lost a value
 */
export function fitToFields(
  document: JsonObject,
  misfit: (field: string, type: FieldType | 'object') => void,
): JsonObject {
  return fitObject(document, TREE, null, misfit);
}

type Misfit = (field: string, type: FieldType | 'object') => void;

/** Where a value stands; put together only for a misfit. */
type Place = { readonly parent: Place | null; readonly key: string };

function nameOf({ parent, key }: Place): string {
  return parent === null ? key : `${nameOf(parent)}.${key}`;
}

function fit(value: Json, declared: Declared, place: Place, misfit: Misfit): Json | undefined {
  if (declared === 'flattened') {
    if (isFlattenable(value)) return value;
  } else if (Array.isArray(value)) {
    return fitList(value, declared, place, misfit);
  } else if (typeof declared !== 'string') {
    if (isObject(value)) return fitObject(value, declared, place, misfit);
  } else if (fits(value, declared)) {
    return value;
  }
  misfit(nameOf(place), typeof declared === 'string' ? declared : 'object');
  return undefined;
}

function fitObject(
  object: JsonObject,
  tree: Tree,
  parent: Place | null,
  misfit: Misfit,
): JsonObject {
  let fitted: JsonObject | null = null;
  for (const key of Object.keys(object)) {
    const value = object[key];
    const declared = tree.get(key);
    if (declared === undefined || value === undefined || value === null) continue;
    const left = fit(value, declared, { parent, key }, misfit);
    if (left === value) continue;
    fitted ??= { ...object };
    setKey(fitted, key, left);
  }
  return fitted ?? object;
}

function fitList(list: Json[], declared: Declared, place: Place, misfit: Misfit): Json[] {
  const members = list.map((member) => fit(member, declared, place, misfit) ?? null);
  return members.every((member, index) => member === list[index]) ? list : members;
}

function fits(value: Json, type: FieldType): boolean {
  if (value === null) return true;
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return parseDate(textOf(value) ?? '') !== null;
    case 'double':
      return toDouble(value) !== undefined;
    case 'ip':
      return typeof value === 'string' && isIp(value);
    case 'long':
      return toLong(value) !== undefined;
    default:
      return typeof value !== 'object' || isExactNumber(value);
  }
}

function toTree(fields: readonly (readonly [name: string, type: FieldType])[]): Tree {
  const root = new Map<string, Declared>();
  for (const [name, type] of fields) {
    const path = name.split('.');
    const leaf = path.pop() ?? name;
    let tree = root;
    for (const key of path) {
      const inner = (tree.get(key) as Map<string, Declared> | undefined) ?? new Map();
      tree.set(key, inner);
      tree = inner;
    }
    tree.set(leaf, type);
  }
  return root;
}
