import { type JsonObject } from '../../json/exact.ts';
import { showDate } from '../../text/dates.ts';
import { type FieldType } from '../field-types.ts';
import { compareScalars } from '../sort.ts';
import { familyOf, formatOf, type Scalar, showScalar } from '../values.ts';
import { type TermsAggregation } from './parse.ts';
import {
  Buckets,
  countOf,
  forEachDocument,
  type Inner,
  type Scope,
  toBucket,
  typeIn,
} from './scope.ts';

/** The largest buckets first. */
export function computeTerms(
  { field, size }: TermsAggregation,
  scopes: readonly Scope[],
  inner: Inner,
): JsonObject {
  const type = typeIn(scopes, field);
  const buckets = new Buckets<Scalar>();
  forEachDocument(scopes, field, (scope, position, values) => {
    for (const value of values) buckets.add(value, scope, position);
  });
  const all = buckets
    .keys()
    .map((key) => ({ key, count: countOf(buckets.scopesOf(key)) }))
    .sort((a, b) => b.count - a.count || compareScalars(a.key, b.key));
  return {
    doc_count_error_upper_bound: 0,
    sum_other_doc_count: all.slice(size).reduce((sum, { count }) => sum + count, 0),
    buckets: all
      .slice(0, size)
      .map(({ key }) => toBucket(showKey(type, key), buckets.scopesOf(key), inner)),
  };
}

function showKey(type: FieldType | null, key: Scalar): JsonObject {
  if (type === null) return { key };
  const family = familyOf(type);
  if (family === 'date') return { key, key_as_string: showDate(Number(key), formatOf(type)) };
  if (family === 'boolean') return { key, key_as_string: String(key === 1) };
  return { key: showScalar(type, key) };
}
