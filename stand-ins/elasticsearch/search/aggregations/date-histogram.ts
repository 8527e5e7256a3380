import { type JsonObject } from '../../json/exact.ts';
import { showDate } from '../../text/dates.ts';
import { formatOf } from '../values.ts';
import { type HistogramAggregation } from './parse.ts';
import { Buckets, forEachDocument, type Inner, type Scope, toBucket, typeIn } from './scope.ts';

export function computeDateHistogram(
  { field, stepMs }: HistogramAggregation,
  scopes: readonly Scope[],
  inner: Inner,
): JsonObject {
  const type = typeIn(scopes, field);
  const format = type === null ? undefined : formatOf(type);
  const buckets = new Buckets<number>();
  forEachDocument(scopes, field, (scope, position, values) => {
    for (const value of values)
      buckets.add(Math.floor(Number(value) / stepMs) * stepMs, scope, position);
  });
  const keys = withGaps(
    buckets.keys().sort((a, b) => a - b),
    stepMs,
  );
  return {
    buckets: keys.map((key) =>
      toBucket({ key_as_string: showDate(key, format), key }, buckets.scopesOf(key), inner),
    ),
  };
}

function withGaps(keys: readonly number[], stepMs: number): number[] {
  const [first, last] = [keys[0], keys.at(-1)];
  if (first === undefined || last === undefined) return [];
  return Array.from({ length: (last - first) / stepMs + 1 }, (_, place) => first + place * stepMs);
}
