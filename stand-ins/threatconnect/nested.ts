import { fieldOf } from './fields.ts';
import { partText } from './page-bytes.ts';
import { elementTexts, splitObject, withMembers } from './raw-json.ts';
import type { RecordStore } from './record-store.ts';

/** One element of a nested collection, `{"data":[…]}`, with its text. */
export interface Element {
  id: bigint;
  text: string;
}

/** The elements of a record's collection, such as `associatedGroups`; empty if it is `{}` or missing. */
export function nestedIn(store: RecordStore, slot: number, key: string): Element[] {
  const part = fieldOf(key);
  if (((store.columns.parts[slot] ?? 0) & (1 << part)) === 0) return [];
  const text = Buffer.from(partText(store, slot, part));
  const member = splitObject(text).find((each) => each.key === key);
  return member === undefined ? [] : elementsOf(text.subarray(member.valueFrom, member.valueTo));
}

/** @param collection text of `{"data":[…]}`, `{}` or `{"count":0}` */
export function elementsOf(collection: Buffer): Element[] {
  const data = splitObject(collection).find(({ key }) => key === 'data');
  if (data === undefined) return [];
  const texts = elementTexts(collection.subarray(data.valueFrom, data.valueTo));
  return texts.map((text) => ({ id: idIn(text), text }));
}

/** As the API writes it: an empty collection is `{}`. */
export function collectionOf(texts: readonly string[]): string {
  return texts.length === 0 ? '{}' : `{"data":[${texts.join(',')}]}`;
}

/** Sets, replaces or (`null`) removes members of an element. */
export function changed(text: string, values: ReadonlyMap<string, string | null>): string {
  return withMembers(Buffer.from(text), values).toString();
}

/** -1 if there is none, as in lists of plain strings. */
function idIn(element: string): bigint {
  const leading = /^\{\s*"id"\s*:\s*(\d+)/.exec(element)?.[1];
  if (leading !== undefined) return BigInt(leading);
  if (!element.startsWith('{')) return -1n;
  const text = Buffer.from(element);
  const member = splitObject(text).find(({ key }) => key === 'id');
  const literal =
    member === undefined ? '' : text.toString('latin1', member.valueFrom, member.valueTo);
  return /^\d+$/.test(literal) ? BigInt(literal) : -1n;
}
