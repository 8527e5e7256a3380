import { type ApiError } from '../errors.ts';
import { type Index } from './index.ts';

/** One index of a search: as it is now, or as it was when a point in time was opened. */
export interface Searched {
  readonly index: Index;
  /** Sequence number of the refresh that the search sees; `null`: the latest. */
  readonly at: number | null;
  /** Why the index cannot be searched. */
  readonly gone: ApiError | null;
}

export function asItIs(index: Index): Searched {
  return { index, at: null, gone: null };
}
