import { ApiError } from '../api-error.ts';

/** `text` is a word, a symbol, a number's literal or a string's value; `at` counts from 0. */
export interface Token {
  kind: 'word' | 'number' | 'string' | 'symbol' | 'end';
  text: string;
  at: number;
}

const PATTERN =
  /\s+|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<number>-?\d+(?:\.\d+)?)(?![A-Za-z0-9_.])|(?<symbol>==|!=|>=|<=|[=<>(),])|(?<quote>["'])/gy;

/** Characters that a backslash may escape. @see the vendor's "Filter Results With TQL" page */
const ESCAPABLE = new Set(['"', "'", '`', '\\']);

/**
 * Splits a query into tokens.
 *
 * @throws {ApiError} 400 `0x2001` for a character that begins no token
 */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(query);
    if (match === null) throw tqlError(`unexpected ${JSON.stringify(query[at])}`, at);
    const { word, number, symbol, quote } = match.groups ?? {};
    if (quote !== undefined) {
      const { value, end } = readString(query, at, quote);
      tokens.push({ kind: 'string', text: value, at });
      at = end;
      continue;
    }
    if (word !== undefined) tokens.push({ kind: 'word', text: word, at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, at });
    at = PATTERN.lastIndex;
  }
  tokens.push({ kind: 'end', text: 'the end', at });
  return tokens;
}

export function tqlError(what: string, at: number): ApiError {
  return new ApiError('tql', `TQL error at position ${at}: ${what}`);
}

function readString(query: string, from: number, quote: string): { value: string; end: number } {
  let value = '';
  for (let at = from + 1; at < query.length; at++) {
    const character = query[at] ?? '';
    if (character === quote) return { value, end: at + 1 };
    if (character !== '\\') {
      value += character;
      continue;
    }
    at++;
    const escaped = query[at] ?? '';
    if (!ESCAPABLE.has(escaped)) throw tqlError('a backslash that escapes nothing', at - 1);
    value += escaped;
  }
  throw tqlError('a string that does not end', from);
}
