import { contentError, invalidRequest, notInStandIn, refuseUnknownFields } from '../errors.ts';
import { isObject, type JsonObject } from '../json/exact.ts';

/** One of several parts that searches of a point in time can be divided into. */
export interface Slice {
  readonly id: number;
  readonly max: number;
}

/** `slice` of a body. @throws {ApiError} 400 */
export function parseSlice(given: unknown, hasPit: boolean): Slice | null {
  if (given === undefined) return null;
  const slice: JsonObject = isObject(given) ? given : {};
  refuseUnknownFields('slice', slice, ['field', 'id', 'max']);
  if (slice['field'] !== undefined) throw notInStandIn('[field] of a slice');
  const [id, max] = [Number(slice['id']), Number(slice['max'])];
  const fault =
    max <= 1 ? 'max must be greater than 1' : max <= id ? 'max must be greater than id' : null;
  if (fault !== null || !Number.isInteger(id) || !Number.isInteger(max)) {
    throw contentError('[slice] failed to parse field [max]', {
      type: 'illegal_argument_exception',
      reason: fault ?? 'Required [id, max]',
    });
  }
  if (!hasPit) {
    throw invalidRequest('[slice] can only be used with [scroll] or [point-in-time] requests');
  }
  return { id, max };
}

/**
 * The positions of one index that belong to a slice, first and one after the last; null for none. Whole indices are
 * dealt out first, then each is cut into parts of equal length.
 *
 * @param shard number of the index among `shards`
 * @param length of the log
 */
export function sliceOf(
  slice: Slice | null,
  shard: number,
  shards: number,
  length: number,
): readonly [number, number] | null {
  if (slice === null) return [0, length];
  const { id, max } = slice;
  if (max <= shards) return shard % max === id ? [0, length] : null;
  if (id % shards !== shard) return null;
  const parts = Math.floor(max / shards) + (max % shards > shard ? 1 : 0);
  const part = Math.floor(id / shards);
  return [Math.floor((length * part) / parts), Math.floor((length * (part + 1)) / parts)];
}
