import { type JsonObject } from '../../json/exact.ts';
import { computeComposite } from './composite.ts';
import { computeDateHistogram } from './date-histogram.ts';
import { computeDateRange } from './date-range.ts';
import { computeMetric } from './metrics.ts';
import { type Aggregation } from './parse.ts';
import { type Inner, type Scope } from './scope.ts';
import { computeTerms } from './terms.ts';

/** `aggregations` of an answer, by name. */
export function computeAggregations(
  aggregations: readonly Aggregation[],
  scopes: readonly Scope[],
  nowMs: number,
): JsonObject {
  return Object.fromEntries(
    aggregations.map((aggregation) => [aggregation.name, compute(aggregation, scopes, nowMs)]),
  );
}

function compute(aggregation: Aggregation, scopes: readonly Scope[], nowMs: number): JsonObject {
  const inner: Inner = (own) => computeAggregations(aggregation.inner, own, nowMs);
  switch (aggregation.kind) {
    case 'terms':
      return computeTerms(aggregation, scopes, inner);
    case 'composite':
      return computeComposite(aggregation, scopes, inner);
    case 'date_histogram':
      return computeDateHistogram(aggregation, scopes, inner);
    case 'date_range':
      return computeDateRange(aggregation, scopes, nowMs, inner);
    default:
      return computeMetric(aggregation.kind, aggregation.field, scopes);
  }
}
