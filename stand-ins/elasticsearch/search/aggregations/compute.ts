import { type JsonObject } from '../../json/exact.ts';
import { compile } from '../compile.ts';
import { topHits } from './top-hits.ts';
import { computeComposite } from './composite.ts';
import { computeDateHistogram } from './date-histogram.ts';
import { computeMetric } from './metrics.ts';
import { type Aggregation } from './parse.ts';
import { countOf, narrow, type Scope } from './scope.ts';
import { computeTerms } from './terms.ts';

/** What the server answers under `aggregations`, by name. */
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
  const inner = (own: readonly Scope[]): JsonObject =>
    computeAggregations(aggregation.inner, own, nowMs);
  switch (aggregation.kind) {
    case 'terms':
      return computeTerms(aggregation, scopes, inner);
    case 'composite':
      return computeComposite(aggregation, scopes, inner);
    case 'date_histogram':
      return computeDateHistogram(aggregation, scopes, inner);
    case 'top_hits':
      return topHits(aggregation, scopes);
    case 'filter': {
      const own = scopes.map((scope) => {
        const matcher = compile(aggregation.query, scope.index, nowMs);
        return narrow(
          scope,
          scope.positions.filter((one) => matcher.test(one)),
        );
      });
      return { doc_count: countOf(own), ...inner(own) };
    }
    case 'missing': {
      const own = scopes.map((scope) => {
        const column = scope.index.columns.get(aggregation.field);
        const lacks = (position: number): boolean => (column?.at(position) ?? []).length === 0;
        return narrow(scope, scope.positions.filter(lacks));
      });
      return { doc_count: countOf(own), ...inner(own) };
    }
    default:
      return computeMetric(aggregation.kind, aggregation.field, scopes);
  }
}
