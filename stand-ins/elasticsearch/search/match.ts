import { type StoredDocument } from '../state/documents.ts';
import { type Index } from '../state/index.ts';
import { type SortColumn, type SortValue } from './sort.ts';

/** A document that matched, with its sort values. */
export interface Match {
  readonly index: Index;
  readonly shard: number;
  readonly document: StoredDocument;
  readonly position: number;
  readonly values: readonly SortValue[];
  readonly columns: readonly SortColumn[];
}
