import type { Switches } from '../switches.ts';
import { parseTqlDate } from './dates.ts';
import type { Value } from './keywords.ts';
import type { Literal, Operator, Test } from './parse.ts';
import { tqlError } from './tokens.ts';

/** A TQL parameter, without its values. */
export interface Column {
  name: string;
  type: 'integer' | 'date' | 'boolean' | 'string';
  /** Whether case matters when its strings are compared; the default is no. */
  caseSensitive?: boolean;
}

/** What the meaning of a query depends on, besides its text. */
export interface QueryContext {
  nowMs: number;
  switches: Readonly<Switches>;
}

/** A half-open range of epoch milliseconds. */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

const ORDER: readonly Operator[] = ['>', '<', '>=', '<='];

/**
 * The operators of each type. Lists of dates and of booleans are refused: no source shows one that works, so a client
 * must not depend on them.
 */
const OPERATORS_OF: Readonly<Record<Column['type'], readonly Operator[]>> = {
  integer: ['=', ...ORDER, 'in', 'null'],
  date: ['=', ...ORDER, 'null'],
  boolean: ['=', 'null'],
  string: ['=', 'in', 'like', 'contains', 'startswith', 'endswith', 'null'],
};

/**
 * A test of one value, without the negation.
 *
 * @throws {ApiError} 400 `0x2001` if the operator or the operand does not fit the keyword's type
 */
export function toMatcher(
  test: Test,
  keyword: Column,
  context: QueryContext,
): (value: Value) => boolean {
  if (!OPERATORS_OF[keyword.type].includes(test.operator)) {
    throw tqlError(`${keyword.name} does not take the operator ${test.operator}`, test.at);
  }
  if (test.operator === 'null') return () => true;
  if (keyword.type === 'date') {
    const { fromMs, toMs } = toTimeRange(test, keyword, context);
    return (value) => typeof value === 'number' && value >= fromMs && value < toMs;
  }
  const { idRange } = context.switches;
  if (keyword.name === 'id' && ORDER.includes(test.operator) && idRange === 'refuse') {
    throw tqlError(`${keyword.name} does not take the operator ${test.operator}`, test.at);
  }
  const operands = test.operands.map((literal) => toOperand(literal, test, keyword));
  if (keyword.type === 'string') return stringMatcher(test.operator, operands, keyword);
  const [first = 0] = operands;
  switch (test.operator) {
    case '>':
      return (value) => value > first;
    case '<':
      return (value) => value < first;
    case '>=':
      return (value) => value >= first;
    case '<=':
      return (value) => value <= first;
    default:
      return (value) => operands.some((operand) => !(value < operand) && !(value > operand));
  }
}

/** The stored times that satisfy a test of a date, before its negation. */
export function toTimeRange(test: Test, keyword: Column, context: QueryContext): TimeRange {
  const [literal] = test.operands;
  const { switches, nowMs } = context;
  const parsed = literal?.kind === 'string' ? parseTqlDate(literal.value, nowMs, switches) : null;
  if (parsed === null) throw tqlError(`${keyword.name} takes a date in quotes`, test.at);
  const step = switches.compareSeconds ? 1000 : 1;
  const ms = Math.floor(parsed / step) * step;
  switch (test.operator) {
    case '>':
      return { fromMs: ms + step, toMs: Infinity };
    case '>=':
      return { fromMs: ms, toMs: Infinity };
    case '<':
      return { fromMs: -Infinity, toMs: ms };
    case '<=':
      return { fromMs: -Infinity, toMs: ms + step };
    default:
      return { fromMs: ms, toMs: ms + step };
  }
}

function toOperand(literal: Literal, test: Test, keyword: Column): Value {
  if (keyword.type === 'integer' && literal.kind === 'number') {
    const number = Number(literal.value);
    return Number.isSafeInteger(number) || literal.value.includes('.')
      ? number
      : BigInt(literal.value);
  }
  if (keyword.type === literal.kind) return literal.value;
  throw tqlError(`${keyword.name} takes ${FORM_OF[keyword.type]}`, test.at);
}

const FORM_OF: Readonly<Record<Column['type'], string>> = {
  integer: 'a number without quotes',
  date: 'a date in quotes',
  boolean: 'true or false without quotes',
  string: 'a string in quotes',
};

function stringMatcher(
  operator: Operator,
  operands: readonly Value[],
  keyword: Column,
): (value: Value) => boolean {
  const fold = (value: Value): string =>
    keyword.caseSensitive === true ? String(value) : String(value).toLowerCase();
  const folded = operands.map(fold);
  const [first = ''] = folded;
  switch (operator) {
    case 'like': {
      const pattern = new RegExp(`^${first.split('%').map(escapeRegExp).join('.*')}$`, 's');
      return (value) => pattern.test(fold(value));
    }
    case 'contains':
      return (value) => fold(value).includes(first);
    case 'startswith':
      return (value) => fold(value).startsWith(first);
    case 'endswith':
      return (value) => fold(value).endsWith(first);
    default:
      return (value) => folded.includes(fold(value));
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
