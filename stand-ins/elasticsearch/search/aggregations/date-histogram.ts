import { notInStandIn } from '../../errors.ts';
import { type JsonObject } from '../../json/exact.ts';
import { showDate } from '../../text/dates.ts';
import { parseTimeMs } from '../../text/time.ts';
import { formatOf } from '../values.ts';
import { type HistogramAggregation } from './parse.ts';
import { Buckets, countOf, forEachDocument, type Scope, toBucket, typeIn } from './scope.ts';

const CALENDAR_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  '1m': 60_000,
  hour: 3_600_000,
  '1h': 3_600_000,
  day: 86_400_000,
  '1d': 86_400_000,
};

/** @param inner computes the inner aggregations of a bucket */
export function computeDateHistogram(
  { calendar, field, fixed, least }: HistogramAggregation,
  scopes: readonly Scope[],
  inner: (scopes: readonly Scope[]) => JsonObject,
): JsonObject {
  const stepMs =
    calendar === null ? parseTimeMs('fixed_interval', fixed ?? '') : CALENDAR_MS[calendar];
  if (stepMs === undefined) throw notInStandIn(`the calendar interval [${calendar}]`);
  const type = typeIn(scopes, field);
  const buckets = new Buckets<number>();
  forEachDocument(scopes, field, (scope, position, values) => {
    for (const value of values) {
      buckets.add(Math.floor(Number(value) / stepMs) * stepMs, scope, position);
    }
  });
  const filled = buckets.keys().sort((a, b) => a - b);
  const keys = least > 0 ? filled : withGaps(filled, stepMs);
  const format = type === null ? undefined : formatOf(type);
  return {
    buckets: keys
      .map((key) => ({ key, own: buckets.scopesOf(key) }))
      .filter(({ own }) => countOf(own) >= least)
      .map(({ key, own }) =>
        toBucket({ key_as_string: showDate(key, format), key }, countOf(own), inner(own)),
      ),
  };
}

function withGaps(keys: readonly number[], stepMs: number): number[] {
  const [first, last] = [keys[0], keys.at(-1)];
  if (first === undefined || last === undefined) return [];
  return Array.from({ length: (last - first) / stepMs + 1 }, (_, place) => first + place * stepMs);
}
