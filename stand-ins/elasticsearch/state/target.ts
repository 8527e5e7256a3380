import { type ApiError } from '../errors.ts';
import { type Index } from './index.ts';

/** An index that a name led to; `filters`: of the filtered aliases that led there, null where something else did too. */
export interface Target {
  readonly index: Index;
  readonly filters: readonly unknown[] | null;
}

/** One index of a search: as it is now, or as it was when a point in time was opened. */
export interface Searched extends Target {
  /** Sequence number of the refresh that the search sees; null: the latest. */
  readonly at: number | null;
  /** Why the index cannot be searched. */
  readonly gone: ApiError | null;
}

export function asItIs(target: Target): Searched {
  return { ...target, at: null, gone: null };
}
