import { ApiError } from '../api-error.ts';
import { hashText } from '../columns.ts';
import type { RecordStore } from '../record-store.ts';
import { MAX_ID } from '../record.ts';
import { isKnownButUnsupported, isSubQuery, keywordNamed, type Keyword } from './keywords.ts';
import { toMatcher, toTimeRange, type QueryContext } from './match.ts';
import type { Expression, SubQuery, Test } from './parse.ts';
import { tqlError } from './tokens.ts';

export type Predicate = (slot: number) => boolean;

/**
 * A query taken apart so that a page of a large store needs no parsing: bounds on what is indexed, and a predicate
 * for the rest.
 */
export interface Plan {
  /** Both inclusive. */
  fromId: bigint;
  toId: bigint;
  /** Only these ids, ascending; null: any. */
  ids: readonly bigint[] | null;
  fromMs: number;
  toMs: number;
  /** The default: nothing inactive, unless `indicatorActive` occurs somewhere in the query. */
  activeOnly: boolean;
  residual: Predicate | null;
}

/**
 * @param expression null: no query, which asks for all active indicators
 * @throws {ApiError} 400 `0x2001` for an unknown keyword or an operand that does not suit it
 * @see the vendor's "Indicators" page (only active ones by default)
 */
export function toPlan(
  expression: Expression | null,
  store: RecordStore,
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
  const rest: Predicate[] = [];
  for (const term of expression === null ? [] : conjunction(expression)) {
    // compiled even if bounds take its place, so that its faults are found
    const predicate = toPredicate(term, store, context);
    if (!narrow(plan, term, context)) rest.push(predicate);
  }
  if (rest.length > 0) plan.residual = (slot) => rest.every((predicate) => predicate(slot));
  return plan;
}

/** Takes a term into the bounds; false if it has to stay a predicate. */
function narrow(plan: Plan, term: Expression, context: QueryContext): boolean {
  if (term.kind !== 'test' || term.negated) return false;
  const keyword = keywordNamed(term.keyword);
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

function conjunction(expression: Expression): Expression[] {
  return expression.kind === 'and' ? expression.terms.flatMap(conjunction) : [expression];
}

function toPredicate(expression: Expression, store: RecordStore, context: QueryContext): Predicate {
  if (expression.kind === 'subquery') throw refuseSubQuery(expression);
  if (expression.kind === 'test') return toTestPredicate(expression, store, context);
  const terms = expression.terms.map((term) => toPredicate(term, store, context));
  return expression.kind === 'and'
    ? (slot) => terms.every((term) => term(slot))
    : (slot) => terms.some((term) => term(slot));
}

function toTestPredicate(test: Test, store: RecordStore, context: QueryContext): Predicate {
  const keyword = findKeyword(test);
  const matches = toMatcher(test, keyword, context);
  // IS NULL asks for what `matches` never sees
  const wanted = test.operator === 'null' ? test.negated : !test.negated;
  const evaluate = (slot: number): boolean => {
    const value = keyword.read(store, slot);
    if (value === null) return test.operator === 'null' && !test.negated;
    return (isList(value) ? value.some(matches) : matches(value)) === wanted;
  };
  if (keyword.column !== undefined) return byColumn(keyword.column, evaluate, store);
  if (keyword.name === 'summary' && (test.operator === '=' || test.operator === 'in')) {
    return byHash(test, evaluate, store);
  }
  return evaluate;
}

/** Remembers the outcome for each entry of the short list behind a column. */
function byColumn(column: 'owner' | 'type', evaluate: Predicate, store: RecordStore): Predicate {
  const outcomes = new Map<number, boolean>();
  return (slot) => {
    const entry = store.columns[column][slot] ?? 0;
    let outcome = outcomes.get(entry);
    if (outcome === undefined) outcomes.set(entry, (outcome = evaluate(slot)));
    return outcome;
  };
}

/** Reads a summary only where its hash says that it may be equal. */
function byHash(test: Test, evaluate: Predicate, store: RecordStore): Predicate {
  const hashes = new Set(test.operands.map(({ value }) => hashText(String(value))));
  return (slot) =>
    hashes.has(store.columns.summaryHash[slot] ?? 0) ? evaluate(slot) : test.negated;
}

function findKeyword(test: Test): Keyword {
  const keyword = keywordNamed(test.keyword);
  if (keyword !== undefined) return keyword;
  if (isKnownButUnsupported(test.keyword)) throw notSupported(test.keyword);
  throw tqlError(`unknown keyword ${test.keyword}`, test.at);
}

function refuseSubQuery({ keyword, at }: SubQuery): Error {
  if (isSubQuery(keyword)) return notSupported(`${keyword}()`);
  return tqlError(`unknown keyword ${keyword}()`, at);
}

function notSupported(what: string): ApiError {
  return new ApiError('badRequest', `TQL: ${what} is not supported yet by this stand-in`);
}

function names(expression: Expression, keyword: string): boolean {
  if (expression.kind === 'test') {
    return expression.keyword.toLowerCase() === keyword.toLowerCase();
  }
  if (expression.kind === 'subquery') return false;
  return expression.terms.some((term) => names(term, keyword));
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
