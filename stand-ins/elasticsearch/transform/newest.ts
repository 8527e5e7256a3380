import { compareValues, type SortValue } from '../search/sort.ts';
import { type Scalar } from '../search/values.ts';
import { type StoredDocument } from '../state/documents.ts';
import { type Key, sortKey, type SourceView } from './source-view.ts';
import { type Turns } from './turns.ts';

/** A key and its newest document. */
export interface Newest {
  readonly key: Key;
  document: StoredDocument;
  sort: SortValue;
}

/** A range of the sync field: from (inclusive; `null`: the beginning) to (exclusive; `null`: no end). */
export interface Window {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export interface Gathered {
  readonly newest: readonly Newest[];
  /** How many documents were looked at. */
  readonly documents: number;
}

/** The newest document of each key, among the documents of a window. */
export async function newestOfWindow(
  views: readonly SourceView[],
  sortField: string,
  window: Window,
  turns: Turns,
): Promise<Gathered> {
  return gather(views, sortField, window, turns, null);
}

/** The newest document of each of the keys, among all documents before the end of the window. */
export async function newestOfHistory(
  views: readonly SourceView[],
  sortField: string,
  window: Window,
  turns: Turns,
  keys: readonly Key[],
): Promise<Gathered> {
  return gather(views, sortField, { fromMs: null, toMs: window.toMs }, turns, keys);
}

async function gather(
  views: readonly SourceView[],
  sortField: string,
  { fromMs, toMs }: Window,
  turns: Turns,
  only: readonly Key[] | null,
): Promise<Gathered> {
  const order = sortKey(sortField);
  const found = new Map<string, Newest>();
  const wanted = only === null ? null : new Set(only.map(nameOf));
  const values = only === null ? null : valuesOf(only);
  let documents = 0;
  for (const view of views) {
    const note = (position: number, document: StoredDocument): void => {
      documents += 1;
      const sort = view.sortColumn().valueAt(position);
      for (const key of view.keysAt(position)) {
        const name = nameOf(key);
        if (wanted !== null && !wanted.has(name)) continue;
        const best = found.get(name);
        if (best === undefined) found.set(name, { key, document, sort });
        else if (compareValues(order, sort, best.sort) < 0) Object.assign(best, { document, sort });
      }
    };
    const mayMatter =
      values === null
        ? undefined
        : (position: number): boolean => view.mayHaveKey(position, values);
    await view.visit(fromMs, toMs, turns, note, mayMatter);
  }
  return { newest: [...found.values()], documents };
}

function nameOf(key: Key): string {
  return JSON.stringify(key);
}

/** The values of the keys, field by field. */
function valuesOf(keys: readonly Key[]): Set<Scalar | null>[] {
  const values: Set<Scalar | null>[] = (keys[0] ?? []).map(() => new Set());
  for (const key of keys) for (const [place, value] of key.entries()) values[place]?.add(value);
  return values;
}
