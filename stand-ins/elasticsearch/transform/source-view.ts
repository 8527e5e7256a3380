import { compile, type Matcher } from '../search/compile.ts';
import { type Column } from '../search/columns.ts';
import { type Query } from '../search/query-tree.ts';
import { checkDocValues } from '../search/field-types.ts';
import { type SortColumn, type SortKey, toSortColumn } from '../search/sort.ts';
import { type Scalar } from '../search/values.ts';
import { type StoredDocument } from '../state/documents.ts';
import { type Index } from '../state/index.ts';
import { type TransformConfig } from './config.ts';
import { type Turns } from './turns.ts';

/** Values of the unique key; `null` if a document has none, which is a key like any other. */
export type Key = readonly (Scalar | null)[];

/** The documents were moved while they were read: reading has to begin again. */
export class MovedError extends Error {}

const READ_AT_ONCE = 100;

/** One index of the source as searches saw it at one moment. */
export class SourceView {
  readonly index: Index;
  readonly #columns: readonly (Column | null)[];
  readonly #sync: Column | null;
  readonly #matcher: Matcher;
  readonly #generation: number;
  readonly #searchableSeqNo: number;
  readonly #sortField: string;
  #sort: SortColumn | null = null;

  private constructor(index: Index, config: TransformConfig, query: Query, nowMs: number) {
    const { columns, documents } = index;
    this.index = index;
    this.#generation = documents.generation;
    this.#searchableSeqNo = documents.searchableSeqNo;
    this.#columns = config.latest.uniqueKey.map((field) => columns.get(field));
    this.#sync = config.sync === null ? null : columns.get(config.sync.field);
    this.#matcher = compile(query, index, nowMs);
    this.#sortField = config.latest.sort;
  }

  /**
   * Reads the fields out of new documents, in turns.
   * @throws {ApiError} if the query does not fit the index
   */
  static async open(
    index: Index,
    config: TransformConfig,
    query: Query,
    nowMs: number,
    turns: Turns,
  ): Promise<SourceView> {
    index.settle();
    const { uniqueKey, sort } = config.latest;
    const fields = [...uniqueKey, sort, ...fieldsOf(query)];
    if (config.sync !== null) fields.push(config.sync.field);
    await readAhead(index, fields, turns);
    return new SourceView(index, config, query, nowMs);
  }

  /** Calls `visit` for the documents of a time range that match the query of the source. */
  async visit(
    fromMs: number | null,
    toMs: number | null,
    turns: Turns,
    visit: (position: number, document: StoredDocument) => void,
    mayMatter: (position: number) => boolean = () => true,
  ): Promise<void> {
    const { documents } = this.index;
    for (let position = 0; position < documents.log.length; position += 1) {
      if (position % 256 === 0 && turns.isOver) {
        await turns.next();
        if (documents.generation !== this.#generation) throw new MovedError();
      }
      const document = documents.log[position];
      if (document === undefined || document.seqNo >= this.#searchableSeqNo) break;
      if (document.endSeqNo < this.#searchableSeqNo) continue;
      if (!this.#isWithin(position, fromMs, toMs) || !mayMatter(position)) continue;
      if (this.#matcher.test(position)) visit(position, document);
    }
  }

  /** The keys of a document: several if a field of the key has several values. */
  keysAt(position: number): Key[] {
    let keys: (Scalar | null)[][] = [[]];
    for (const column of this.#columns) {
      const found = column?.at(position) ?? [];
      const values = found.length === 0 ? [null] : [...new Set(found)];
      keys = keys.flatMap((key) => values.map((value) => key.concat([value])));
    }
    return keys;
  }

  /** False if a document cannot have one of the keys. @param values of the keys, field by field */
  mayHaveKey(position: number, values: readonly ReadonlySet<Scalar | null>[]): boolean {
    return this.#columns.every((column, place) => {
      const found = column?.at(position) ?? [];
      const wanted = values[place];
      if (wanted === undefined) return false;
      return found.length === 0 ? wanted.has(null) : found.some((value) => wanted.has(value));
    });
  }

  /** @throws {ApiError} 400 if the index cannot be sorted by the field, or grouped by the key */
  sortColumn(): SortColumn {
    if (this.#sort !== null) return this.#sort;
    for (const column of this.#columns)
      if (column !== null) checkDocValues(column.type, this.index.name);
    this.#sort = toSortColumn(sortKey(this.#sortField), this.index, 0);
    return this.#sort;
  }

  /** A document without the field of the sync is in no range. */
  #isWithin(position: number, fromMs: number | null, toMs: number | null): boolean {
    if (toMs === null) return true;
    const values = this.#sync?.at(position) ?? [];
    return values.some(
      (value) => (fromMs === null || Number(value) >= fromMs) && Number(value) < toMs,
    );
  }
}

export function sortKey(field: string): SortKey {
  return { field, descending: true, unmappedType: null };
}

export async function readAhead(
  index: Index,
  fields: readonly string[],
  turns: Turns,
): Promise<void> {
  while (index.columns.readAhead(fields, READ_AT_ONCE)) if (turns.isOver) await turns.next();
}

function fieldsOf(query: Query): string[] {
  switch (query.kind) {
    case 'bool':
      return [query.required, query.should, query.mustNot].flatMap((clauses) =>
        clauses.flatMap(fieldsOf),
      );
    case 'ids':
    case 'match_all':
      return [];
    default:
      return query.field.startsWith('_') ? [] : [query.field];
  }
}
