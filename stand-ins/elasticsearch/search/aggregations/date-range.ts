import { illegalArgument } from '../../errors.ts';
import { type JsonObject, toDouble } from '../../json/exact.ts';
import { showDate } from '../../text/dates.ts';
import { parseQueryDate } from '../date-math.ts';
import { formatOf } from '../values.ts';
import { type RangeAggregation } from './parse.ts';
import { Buckets, forEachDocument, type Inner, type Scope, toBucket, typeIn } from './scope.ts';

/** Documents with a date before a bound, which does not belong to its bucket. */
export function computeDateRange(
  { field, to }: RangeAggregation,
  scopes: readonly Scope[],
  nowMs: number,
  inner: Inner,
): JsonObject {
  const type = typeIn(scopes, field);
  const format = type === null ? undefined : formatOf(type);
  const bounds = to.map((text) => {
    const bound = parseQueryDate(text, format, nowMs, false);
    if (typeof bound === 'number') return bound;
    throw illegalArgument(`failed to parse date field [${text}]`);
  });
  const buckets = new Buckets<number>();
  forEachDocument(scopes, field, (scope, position, values) => {
    for (const bound of bounds)
      if (values.some((value) => Number(value) < bound)) buckets.add(bound, scope, position);
  });
  return {
    buckets: bounds.map((bound) => {
      const shown = showDate(bound, format);
      const key = { key: `*-${shown}`, to: toDouble(bound), to_as_string: shown };
      return toBucket(key, buckets.scopesOf(bound), inner);
    }),
  };
}
