import { type JsonObject } from '../../json/exact.ts';
import { showDate } from '../../text/dates.ts';
import { type FieldType } from '../field-types.ts';
import { familyOf, formatOf, type Scalar, showScalar, toScalars } from '../values.ts';
import { compareScalars } from './compare.ts';
import { metricOf } from './metrics.ts';
import { type TermsAggregation } from './parse.ts';
import { Buckets, countOf, forEachDocument, type Scope, toBucket, typeIn } from './scope.ts';

/** @param inner computes the inner aggregations of a bucket */
export function computeTerms(
  aggregation: TermsAggregation,
  scopes: readonly Scope[],
  inner: (scopes: readonly Scope[]) => JsonObject,
): JsonObject {
  const { field, least, missing, order, size } = aggregation;
  const type = typeIn(scopes, field);
  const buckets = new Buckets<Scalar>();
  const fallback = missing === null || type === null ? [] : toScalars(type, missing);
  forEachDocument(scopes, field, (scope, position, values) => {
    for (const value of values.length === 0 ? fallback : values)
      buckets.add(value, scope, position);
  });
  const all = buckets
    .keys()
    .map((key) => {
      const own = buckets.scopesOf(key);
      return { key, count: countOf(own), results: inner(own) };
    })
    .filter(({ count }) => count >= least);
  const compare = (a: (typeof all)[number], b: (typeof all)[number]): number => {
    for (const [by, descending] of order) {
      const difference =
        by === '_key' || by === '_term'
          ? compareScalars(a.key, b.key)
          : by === '_count'
            ? a.count - b.count
            : metricOf(a.results[by]) - metricOf(b.results[by]);
      if (difference !== 0) return descending ? -difference : difference;
    }
    return 0;
  };
  all.sort(compare);
  const rest = all.slice(size).reduce((sum, { count }) => sum + count, 0);
  return {
    doc_count_error_upper_bound: 0,
    sum_other_doc_count: rest,
    buckets: all
      .slice(0, size)
      .map(({ key, count, results }) => toBucket(showKey(type, key), count, results)),
  };
}

function showKey(type: FieldType | null, key: Scalar): JsonObject {
  if (type === null) return { key };
  const family = familyOf(type);
  if (family === 'date') return { key, key_as_string: showDate(Number(key), formatOf(type)) };
  if (family === 'boolean') return { key, key_as_string: String(key === 1) };
  return { key: showScalar(type, key) };
}
