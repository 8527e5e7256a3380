import { toDouble, toLong } from '../compatible/conversions.ts';
import { parseDate } from '../compatible/date.ts';
import { isIp } from '../compatible/ip-address.ts';
import { setKey } from '../compatible/place.ts';
import { pruneValue } from '../compatible/prune.ts';
import { isExactNumber, isObject, textOf, type Json, type JsonObject } from '../exact-json.ts';
import { CONSTANT_FIELDS, FIELDS, IGNORE_ABOVE, OTHER, type FieldType } from '../field-table.ts';
import { NESTING_MAX, toFlattened } from './flattened.ts';

/** What is declared at a path: a field, or the objects below which fields are. */
type Declared = FieldType | Tree;
type Tree = ReadonlyMap<string, Declared>;

const TREE = toTree([
  ...Object.entries(FIELDS),
  ...Object.keys(CONSTANT_FIELDS).map((name) => [name, 'constant_keyword'] as const),
]);

/**
 * The document without what is empty, as `prune` does it, and without values that do not fit their
 * field's type: Elasticsearch would refuse all of it. Members of an element that have no field, or not
 * their field's shape, are in its `other`: people choose such names at the source, and none may become the
 * name of a field. Fields outside of elements that are not declared are only pruned.
 *
 * @param misfit is told each field that lost a value
 */
export function fitToFields(document: JsonObject, misfit: Misfit): JsonObject {
  return fitObject(document, TREE, null, misfit) ?? {};
}

type Misfit = (field: string, reason: string) => void;

/** Where a value stands; its name is put together only where it is needed. */
type Place = {
  readonly parent: Place | null;
  readonly key: string;
  readonly element: Element | null;
};

/** A member of a collection. */
type Element = { readonly place: Place; other: JsonObject | null };

function nameOf({ parent, key }: Place, below: Place | null = null): string {
  return parent === below || parent === null ? key : `${nameOf(parent, below)}.${key}`;
}

/**
 * @param lists how many lists the value stands in, each in the next
 * @returns `undefined` where nothing is left
 */
function fit(
  value: Json,
  declared: Declared,
  place: Place,
  misfit: Misfit,
  lists = 0,
): Json | undefined {
  if (declared === 'flattened') return fitFlattened(value, Number.POSITIVE_INFINITY, place, misfit);
  if (Array.isArray(value) && lists < NESTING_MAX) {
    return fitList(value, declared, place, misfit, lists + 1);
  }
  if (typeof declared !== 'string' && isObject(value)) {
    return fitObject(value, declared, place, misfit);
  }
  const left = pruneValue(value);
  if (left === undefined || (typeof declared === 'string' && fits(left, declared))) return left;
  misfit(
    nameOf(place),
    `does not fit the field type ${typeof declared === 'string' ? declared : 'object'}`,
  );
  addOther(place, left);
  return undefined;
}

function fitFlattened(
  value: Json,
  ignoreAbove: number,
  place: Place,
  misfit: Misfit,
): Json | undefined {
  const left = pruneValue(value);
  const leftOut = (reason: string): void => misfit(nameOf(place), reason);
  return left === undefined ? undefined : toFlattened(left, { ignoreAbove, leftOut });
}

function fitObject(
  object: JsonObject,
  tree: Tree,
  parent: Place | null,
  misfit: Misfit,
): JsonObject | undefined {
  const isElement = parent !== null && tree.has(OTHER);
  const element = isElement ? { place: parent, other: null } : (parent?.element ?? null);
  let fitted: JsonObject | null = null;
  let isEmpty = true;
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const place = { parent, key, element };
    // the source has no key for the field `other`
    const declared = isElement && key === OTHER ? undefined : tree.get(key);
    const left =
      declared === undefined ? fitUndeclared(value, place) : fit(value, declared, place, misfit);
    if (left !== undefined) isEmpty = false;
    if (left === value) continue;
    fitted ??= { ...object };
    setKey(fitted, key, left);
  }
  if (isElement && element?.other) {
    const place = { parent, key: OTHER, element: null };
    const other = fitFlattened(element.other, IGNORE_ABOVE, place, misfit);
    if (other !== undefined) return { ...(fitted ?? object), [OTHER]: other };
  }
  return isEmpty ? undefined : (fitted ?? object);
}

function fitUndeclared(value: Json, place: Place): Json | undefined {
  const left = pruneValue(value);
  if (place.element === null || left === undefined) return left;
  addOther(place, left);
  return undefined;
}

/** Sets a value aside under its keys below the element, joined by dots as `flattened` joins them. */
function addOther(place: Place, value: Json): void {
  const { element } = place;
  if (element === null) return;
  const name = nameOf(place, element.place);
  element.other ??= {};
  const there = Object.hasOwn(element.other, name) ? element.other[name] : undefined;
  setKey(element.other, name, there === undefined ? value : [there, value].flat());
}

function fitList(
  list: Json[],
  declared: Declared,
  place: Place,
  misfit: Misfit,
  lists: number,
): Json[] | undefined {
  let fitted: Json[] | null = null;
  for (let at = 0; at < list.length; at += 1) {
    const member = list[at] as Json;
    const left = fit(member, declared, place, misfit, lists);
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
