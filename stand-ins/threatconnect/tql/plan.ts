import { MAX_ID } from '../record.ts';
import { toTimeRange, type QueryContext } from './match.ts';
import type { Expression, Test } from './parse.ts';
import { columnNamed, toPredicate, type Predicate, type Vocabulary } from './predicate.ts';

/**
 * A query, divided so that a page of a large store needs no parsing of records: ranges of indexed values, and a
 * predicate for the rest.
 */
export interface Plan {
  /** Both inclusive. */
  fromId: bigint;
  toId: bigint;
  /** Only these ids, ascending; `null`: any. */
  ids: readonly bigint[] | null;
  fromMs: number;
  toMs: number;
  /** True, the default, unless `indicatorActive` occurs anywhere in the query. */
  activeOnly: boolean;
  residual: Predicate<number> | null;
}

/**
 * @param expression `null`: no query, which means all active indicators
 * @throws {ApiError} 400 `0x2001` for an unknown keyword or an operand that does not fit it
 * @see the vendor's "Indicators" page (only active ones by default)
 */
export function toPlan(
  expression: Expression | null,
  vocabulary: Vocabulary<number>,
  context: QueryContext,
): Plan {
  const plan: Plan = {
    fromId: 0n,
    toId: MAX_ID,
    ids: null,
    fromMs: -Infinity,
    toMs: Infinity,
    activeOnly: expression === null || !names(expression, 'indicatorActive'),
    residual: null,
  };
  const rest: Predicate<number>[] = [];
  for (const term of expression === null ? [] : conjunction(expression)) {
    // compiled even if bounds take its place, so that its faults are found
    const predicate = toPredicate(term, vocabulary, context);
    if (!narrow(plan, term, vocabulary, context)) rest.push(predicate);
  }
  if (rest.length > 0) plan.residual = (slot) => rest.every((predicate) => predicate(slot));
  return plan;
}

/** Narrows the ranges with a term. @returns false if the term must stay a predicate */
function narrow(
  plan: Plan,
  term: Expression,
  vocabulary: Vocabulary<number>,
  context: QueryContext,
): boolean {
  if (term.kind !== 'test' || term.negated) return false;
  const keyword = columnNamed(vocabulary, term.keyword);
  if (keyword?.name === 'lastModified' && term.operator !== 'null') {
    const range = toTimeRange(term, keyword, context);
    plan.fromMs = Math.max(plan.fromMs, range.fromMs);
    plan.toMs = Math.min(plan.toMs, range.toMs);
    return true;
  }
  if (keyword?.name !== 'id' || term.operands.length === 0) return false;
  if (term.operands.some(({ value }) => !/^-?\d+$/.test(String(value)))) return false;
  const ids = term.operands.map(({ value }) => BigInt(value));
  return narrowIds(plan, term.operator, ids);
}

function narrowIds(plan: Plan, operator: Test['operator'], ids: readonly bigint[]): boolean {
  const [id = 0n] = ids;
  if (operator === 'in') {
    if (plan.ids !== null) return false;
    plan.ids = [...new Set(ids)].sort((a, b) => (a < b ? -1 : 1));
    return true;
  }
  if (operator === '>' && id >= plan.fromId) plan.fromId = id + 1n;
  if ((operator === '>=' || operator === '=') && id > plan.fromId) plan.fromId = id;
  if (operator === '<' && id <= plan.toId) plan.toId = id - 1n;
  if ((operator === '<=' || operator === '=') && id < plan.toId) plan.toId = id;
  return true;
}

/** The terms that must all be true. */
export function conjunction(expression: Expression): Expression[] {
  return expression.kind === 'and' ? expression.terms.flatMap(conjunction) : [expression];
}

function names(expression: Expression, keyword: string): boolean {
  if (expression.kind === 'test') {
    return expression.keyword.toLowerCase() === keyword.toLowerCase();
  }
  if (expression.kind === 'subquery') return false;
  return expression.terms.some((term) => names(term, keyword));
}
