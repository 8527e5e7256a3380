import { type JsonObject, toDouble } from '../../json/exact.ts';
import { bestMatches } from '../execute.ts';
import { showHit } from '../hits.ts';
import { type TopHitsAggregation } from './parse.ts';
import { countOf, type Scope } from './scope.ts';

const NOTHING_ELSE = {
  fields: [],
  docvalueFields: [],
  collapse: null,
  version: false,
  seqNoPrimaryTerm: false,
};

/** The first documents of a bucket. */
export function topHits(
  { from, size, sort, source }: TopHitsAggregation,
  scopes: readonly Scope[],
): JsonObject {
  const score =
    sort.length === 0 || sort.some(({ field }) => field === '_score') ? toDouble(1) : null;
  const matches = bestMatches(scopes, sort).slice(from, from + size);
  return {
    hits: {
      total: { value: countOf(scopes), relation: 'eq' },
      max_score: matches.length === 0 ? null : score,
      hits: matches.map((match) => showHit({ ...NOTHING_ELSE, sort, source }, match, score)),
    },
  };
}
