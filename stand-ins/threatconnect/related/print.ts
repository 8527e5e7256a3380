import { toPaths, unknownField, type FieldRules } from '../fields.ts';
import { cut } from '../nested-cut.ts';
import type { Item } from './item.ts';
import type { RelatedKind } from './kind.ts';
import type { World } from './world.ts';

/** @throws {ApiError} 400 for a name that does not exist, unless a switch ignores it */
export function readFields(
  kind: RelatedKind,
  names: readonly string[],
  rules: FieldRules,
): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const [first = '', ...rest] of toPaths(names, rules)) {
    if (kind.fields[first] !== undefined) wanted.add(first);
    else if (rules.unknownFields === 'refuse') throw unknownField([first, ...rest].join('.'));
  }
  return wanted;
}

/** The item with its default keys and the requested fields. */
export function printItem(
  world: World,
  kind: RelatedKind,
  item: Item,
  fields: ReadonlySet<string>,
): string {
  const left = new Set<string>();
  for (const [field, keys] of Object.entries(kind.fields)) {
    if (!fields.has(field)) for (const key of keys) left.add(key);
  }
  const members = [...item.members].filter(([key]) => !left.has(key));
  const extra = kind.extra?.(world, item, fields) ?? [];
  const all = new Map([...members, ...extra]);
  for (const field of fields) {
    // a collection without elements is empty, not missing
    for (const key of kind.fields[field] ?? []) {
      if (/^associated|^attributes$|^securityLabels$|^tags$/.test(key) && !all.has(key)) {
        all.set(key, '{}');
      }
    }
  }
  const texts = [...all].map(
    ([key, json]) => `${JSON.stringify(key)}:${cut(json, world.switches)}`,
  );
  return `{${texts.join(',')}}`;
}
