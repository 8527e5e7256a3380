import { type Query } from './query-tree.ts';

/**
 * One score for all hits of a query, in the place of the real ones: 1 for a query that counts, 0 for filters alone.
 */
export function scoreOf(query: Query): number {
  if (query.kind !== 'bool') return 1;
  const filters = query.filter.length + query.mustNot.length;
  if (query.must.length + query.should.length > 0) {
    return Math.max(
      query.must.reduce((sum, one) => sum + scoreOf(one), 0),
      query.should.length > 0 ? 1 : 0,
    );
  }
  return filters > 0 ? 0 : 1;
}
