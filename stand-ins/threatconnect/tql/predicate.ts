import { ApiError } from '../api-error.ts';
import { toMatcher, type Column, type QueryContext } from './match.ts';
import type { Expression, SubQuery, Test } from './parse.ts';
import { tqlError } from './tokens.ts';

export type Predicate<Row> = (row: Row) => boolean;

/** The names that a query to one endpoint may use. */
export interface Vocabulary<Row> {
  columns: readonly ReadableColumn<Row>[];
  /** Whether ThreatConnect has the keyword, but this server does not evaluate it. */
  isUnsupported: (keyword: string) => boolean;
  /** Sub-queries by their names in lower case, such as `hasgroup`. */
  subQueries: Readonly<Record<string, (inner: Expression) => Predicate<Row>>>;
  /** Returns a faster predicate with the same meaning, if there is one. */
  refine?: (test: Test, column: Column, evaluate: Predicate<Row>) => Predicate<Row>;
}

/** A TQL parameter, and how to read its value from a row. */
export interface ReadableColumn<Row> extends Column {
  /** Several values for a parameter that searches a list; `null` or empty if the row has none. */
  read: (row: Row) => Value | null | readonly Value[];
}

type Value = bigint | number | string | boolean;

/** @throws {ApiError} 400 `0x2001` for an unknown keyword or an operand that does not fit it */
export function toPredicate<Row>(
  expression: Expression,
  vocabulary: Vocabulary<Row>,
  context: QueryContext,
): Predicate<Row> {
  if (expression.kind === 'subquery') return toSubQuery(expression, vocabulary);
  if (expression.kind === 'test') return toTestPredicate(expression, vocabulary, context);
  const terms = expression.terms.map((term) => toPredicate(term, vocabulary, context));
  return expression.kind === 'and'
    ? (row) => terms.every((term) => term(row))
    : (row) => terms.some((term) => term(row));
}

/** Ignores case. @see the vendor's "TQL Operators and Parameters" page */
export function columnNamed<Row>(
  { columns }: Vocabulary<Row>,
  name: string,
): ReadableColumn<Row> | undefined {
  const lower = name.toLowerCase();
  return columns.find((column) => column.name.toLowerCase() === lower);
}

function toTestPredicate<Row>(
  test: Test,
  vocabulary: Vocabulary<Row>,
  context: QueryContext,
): Predicate<Row> {
  const column = columnNamed(vocabulary, test.keyword);
  if (column === undefined) throw unknown(test.keyword, test.at, vocabulary);
  const matches = toMatcher(test, column, context);
  // IS NULL asks for rows without a value, which `matches` never sees
  const wanted = test.operator === 'null' ? test.negated : !test.negated;
  const evaluate = (row: Row): boolean => {
    const value = column.read(row);
    if (value === null) return test.operator === 'null' && !test.negated;
    return (isList(value) ? value.some(matches) : matches(value)) === wanted;
  };
  return vocabulary.refine?.(test, column, evaluate) ?? evaluate;
}

function toSubQuery<Row>(
  { keyword, inner, at }: SubQuery,
  vocabulary: Vocabulary<Row>,
): Predicate<Row> {
  const subQuery = vocabulary.subQueries[keyword.toLowerCase()];
  if (subQuery === undefined) throw unknown(`${keyword}()`, at, vocabulary);
  return subQuery(inner);
}

function unknown<Row>(keyword: string, at: number, vocabulary: Vocabulary<Row>): ApiError {
  return vocabulary.isUnsupported(keyword.replace(/\(\)$/, ''))
    ? tqlError(`${keyword} is not supported by this stand-in`, at)
    : tqlError(`unknown keyword ${keyword}`, at);
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
