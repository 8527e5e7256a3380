import { type Documents, type StoredDocument } from '../state/documents.ts';
import { type Mapping } from '../state/mapping.ts';
import { toText } from '../state/source-slabs.ts';
import { asText, isObject } from '../json/exact.ts';
import { type FieldType, resolveField } from './field-types.ts';
import { type Scalar, toScalars, valuesAt } from './values.ts';

/** The values of one field by the documents' positions in the log. */
export class Column {
  readonly type: FieldType;
  /** Documents that were written before the field was mapped are not indexed by it. */
  readonly sinceSeqNo: number;
  readonly values: (Scalar | readonly Scalar[] | undefined)[] = [];
  readonly #postings = new Map<Scalar, number[]>();
  #posted = 0;

  constructor(type: FieldType, sinceSeqNo: number) {
    this.type = type;
    this.sinceSeqNo = sinceSeqNo;
  }

  add(source: unknown, seqNo: number): void {
    if (this.type.type === 'constant_keyword') {
      const { value } = this.type.definition;
      this.values.push(value === undefined ? undefined : asText(value));
      return;
    }
    if (seqNo < this.sinceSeqNo) {
      this.values.push(undefined);
      return;
    }
    const scalars = valuesAt(source, this.type.sourcePath).flatMap((value) =>
      this.type.type === 'flattened'
        ? leaves(value).flatMap((leaf) => toScalars(this.type, leaf))
        : toScalars(this.type, value),
    );
    this.values.push(scalars.length > 1 ? scalars : scalars[0]);
  }

  /** Positions of the documents that have the value, in order. */
  positionsOf(value: Scalar): readonly number[] {
    for (; this.#posted < this.values.length; this.#posted += 1) {
      for (const one of this.at(this.#posted)) {
        const positions = this.#postings.get(one);
        if (positions === undefined) this.#postings.set(one, [this.#posted]);
        else if (positions.at(-1) !== this.#posted) positions.push(this.#posted);
      }
    }
    return this.#postings.get(value) ?? [];
  }

  at(position: number): readonly Scalar[] {
    const value = this.values[position];
    if (value === undefined) return [];
    return typeof value === 'object' ? value : [value];
  }
}

function leaves(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  return isObject(value) ? Object.values(value).flatMap(leaves) : [value];
}

/** The part of an index that columns read. */
interface ColumnSource {
  readonly mapping: Mapping;
  readonly documents: Documents;
  /** Sequence number of the first document that is indexed by a field. */
  mappedSince(field: string): number;
}

/**
 * The fields of an index that a search has used. The first use reads a field out of all stored texts, later uses read
 * it out of the new ones: nothing is parsed for a field that nobody uses.
 */
export class Columns {
  readonly #index: ColumnSource;
  readonly #columns = new Map<string, Column>();
  #generation = 0;

  constructor(index: ColumnSource) {
    this.#index = index;
  }

  /** `null` for a field that the index does not have. */
  get(field: string): Column | null {
    this.#checkGeneration();
    const column = this.#open(field);
    if (column !== null) this.#extend(Infinity);
    return column;
  }

  #open(field: string): Column | null {
    const type = this.typeOf(field);
    if (type === null) return null;
    let column = this.#columns.get(field);
    if (column === undefined || !sameType(column.type, type)) {
      column = new Column(type, this.#index.mappedSince(field));
      this.#columns.set(field, column);
    }
    return column;
  }

  /**
   * Reads fields out of `limit` more documents before they are used: long work in small pieces.
   * @returns false if nothing is left to read
   */
  readAhead(fields: readonly string[], limit: number): boolean {
    this.#checkGeneration();
    for (const field of fields) this.#open(field);
    return this.#extend(limit);
  }

  typeOf(field: string): FieldType | null {
    const resolved = resolveField(this.#index.mapping, field);
    return typeof resolved === 'object' ? resolved : null;
  }

  /** @returns false if no document is left */
  #extend(limit: number): boolean {
    const { log } = this.#index.documents;
    const columns = [...this.#columns.values()].filter(({ values }) => values.length < log.length);
    if (columns.length === 0) return false;
    const first = Math.min(...columns.map(({ values }) => values.length));
    const end = Math.min(log.length, first + limit);
    for (let position = first; position < end; position += 1) {
      const document = log[position];
      if (document === undefined) break;
      const source = parse(document);
      for (const column of columns)
        if (column.values.length === position) column.add(source, document.seqNo);
    }
    return end < log.length;
  }

  #checkGeneration(): void {
    const { generation } = this.#index.documents;
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#columns.clear();
  }
}

/** Mappings grow under a column; most definitions stay the same object. */
function sameType(one: FieldType, other: FieldType): boolean {
  return (
    one.definition === other.definition ||
    JSON.stringify(one.definition) === JSON.stringify(other.definition)
  );
}

export function parse(document: StoredDocument): unknown {
  return JSON.parse(toText(document.source));
}
