import { toDouble, toLong } from '../compatible/conversions.ts';
import { parseDate } from '../compatible/date.ts';
import { isIp } from '../compatible/ip-address.ts';
import { setKey } from '../compatible/place.ts';
import { pruneValue } from '../compatible/prune.ts';
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
 * The document without what is empty, as `prune` does it, and without values that do not fit their
 * field's type: Elasticsearch would refuse all of it. Fields that are not declared are only pruned.
 *
 * @param misfit is told each field that lost a value
 */
export function fitToFields(document: JsonObject, misfit: Misfit): JsonObject {
  return fitObject(document, TREE, null, misfit) ?? {};
}

type Misfit = (field: string, type: FieldType | 'object') => void;

/** Where a value stands; put together only for a misfit. */
type Place = { readonly parent: Place | null; readonly key: string };

function nameOf({ parent, key }: Place): string {
  return parent === null ? key : `${nameOf(parent)}.${key}`;
}

/** `undefined` where nothing is left. */
function fit(value: Json, declared: Declared, place: Place, misfit: Misfit): Json | undefined {
  if (Array.isArray(value) && declared !== 'flattened') {
    return fitList(value, declared, place, misfit);
  }
  if (typeof declared !== 'string' && isObject(value)) {
    return fitObject(value, declared, place, misfit);
  }
  const left = pruneValue(value);
  if (left === undefined || (typeof declared === 'string' && fits(left, declared))) return left;
  misfit(nameOf(place), typeof declared === 'string' ? declared : 'object');
  return undefined;
}

function fitObject(
  object: JsonObject,
  tree: Tree,
  parent: Place | null,
  misfit: Misfit,
): JsonObject | undefined {
  let fitted: JsonObject | null = null;
  let isEmpty = true;
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const declared = tree.get(key);
    const left =
      declared === undefined ? pruneValue(value) : fit(value, declared, { parent, key }, misfit);
    if (left !== undefined) isEmpty = false;
    if (left === value) continue;
    fitted ??= { ...object };
    setKey(fitted, key, left);
  }
  return isEmpty ? undefined : (fitted ?? object);
}

function fitList(
  list: Json[],
  declared: Declared,
  place: Place,
  misfit: Misfit,
): Json[] | undefined {
  let fitted: Json[] | null = null;
  for (let at = 0; at < list.length; at += 1) {
    const member = list[at] as Json;
    const left = fit(member, declared, place, misfit);
    if (fitted === null && left !== member) fitted = list.slice(0, at);
    if (fitted !== null && left !== undefined) fitted.push(left);
  }
  const left = fitted ?? list;
  return left.length === 0 ? undefined : left;
}

function fits(value: Json, type: FieldType): boolean {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return parseDate(textOf(value) ?? '') !== null;
    case 'double':
      return toDouble(value) !== undefined;
    case 'flattened':
      return isFlattenable(value);
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
