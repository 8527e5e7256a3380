import { tokenize, tqlError, type Token } from './tokens.ts';

export type Operator =
  | '='
  | '>'
  | '<'
  | '>='
  | '<='
  | 'in'
  | 'like'
  | 'contains'
  | 'startswith'
  | 'endswith'
  | 'null';

export type Literal =
  | { kind: 'string'; value: string }
  | { kind: 'number'; value: string }
  | { kind: 'boolean'; value: boolean };

/** `keyword operator operand`; `!=`, `NOT IN`, `IS NOT NULL` and the like are the negated operator. */
export interface Test {
  kind: 'test';
  keyword: string;
  operator: Operator;
  negated: boolean;
  /** One operand; several with `in`, none with `null`. */
  operands: Literal[];
  at: number;
}

/** `hasGroup(…)` and the like. */
export interface SubQuery {
  kind: 'subquery';
  keyword: string;
  inner: Expression;
  at: number;
}

export type Expression = Test | SubQuery | { kind: 'and' | 'or'; terms: Expression[] };

/** Operators that take one operand, by every spelling. @see the vendor's "TQL Operators and Parameters" page */
const OPERATORS: Readonly<Record<string, readonly [Operator, boolean]>> = {
  '=': ['=', false],
  '==': ['=', false],
  EQ: ['=', false],
  EQUALS: ['=', false],
  '!=': ['=', true],
  NE: ['=', true],
  '>': ['>', false],
  GT: ['>', false],
  '<': ['<', false],
  LT: ['<', false],
  '>=': ['>=', false],
  GEQ: ['>=', false],
  '<=': ['<=', false],
  LEQ: ['<=', false],
  LIKE: ['like', false],
  CONTAINS: ['contains', false],
  STARTSWITH: ['startswith', false],
  ENDSWITH: ['endswith', false],
};

const NEGATABLE = new Set(['LIKE', 'CONTAINS', 'STARTSWITH', 'ENDSWITH']);

/**
 * Parses a query; words are compared without regard to case, AND binds closer than OR.
 *
 *   or    := and (OR and)*
 *   and   := term (AND term)*
 *   term  := '(' or ')' | word '(' or ')' | word test
 *   test  := operator literal | [NOT] IN '(' literal (',' literal)* [','] ')' | IS [NOT] NULL
 *
 * @throws {ApiError} 400 `0x2001`
 */
export function parseTql(query: string): Expression {
  const parser = new Parser(tokenize(query));
  const expression = parser.or();
  parser.expectEnd();
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  or(): Expression {
    return this.#chain('or', () => this.#chain('and', () => this.#term()));
  }

  expectEnd(): void {
    if (this.#peek().kind !== 'end') throw this.#unexpected('AND, OR or the end');
  }

  #chain(kind: 'and' | 'or', term: () => Expression): Expression {
    const first = term();
    if (!this.#isWord(kind.toUpperCase())) return first;
    const terms = [first];
    while (this.#takeWord(kind.toUpperCase())) terms.push(term());
    return { kind, terms };
  }

  #term(): Expression {
    if (this.#takeSymbol('(')) {
      const inner = this.or();
      this.#expectSymbol(')');
      return inner;
    }
    const token = this.#take();
    if (token.kind !== 'word') throw tqlError(`expected a keyword, got ${token.text}`, token.at);
    if (this.#takeSymbol('(')) {
      const inner = this.or();
      this.#expectSymbol(')');
      return { kind: 'subquery', keyword: token.text, inner, at: token.at };
    }
    return { kind: 'test', keyword: token.text, at: token.at, ...this.#test() };
  }

  #test(): Pick<Test, 'operator' | 'negated' | 'operands'> {
    if (this.#takeWord('IS')) {
      const negated = this.#takeWord('NOT');
      if (!this.#takeWord('NULL')) throw this.#unexpected('NULL');
      return { operator: 'null', negated, operands: [] };
    }
    const negated = this.#takeWord('NOT');
    if (this.#takeWord('IN')) return { operator: 'in', negated, operands: this.#list() };
    const spelling = this.#peek().text.toUpperCase();
    const known = this.#peek().kind === 'string' ? undefined : OPERATORS[spelling];
    if (known === undefined || (negated && !NEGATABLE.has(spelling))) {
      throw this.#unexpected('an operator');
    }
    this.#take();
    return { operator: known[0], negated: negated || known[1], operands: [this.#literal()] };
  }

  #list(): Literal[] {
    this.#expectSymbol('(');
    const operands = [this.#literal()];
    while (this.#takeSymbol(',')) {
      // a Python tuple with one element is printed with a comma after the element
      if (this.#peek().text === ')' && this.#peek().kind === 'symbol') break;
      operands.push(this.#literal());
    }
    this.#expectSymbol(')');
    return operands;
  }

  #literal(): Literal {
    const { kind, text } = this.#peek();
    const lower = text.toLowerCase();
    if (kind === 'word' && (lower === 'true' || lower === 'false')) {
      this.#take();
      return { kind: 'boolean', value: lower === 'true' };
    }
    if (kind !== 'string' && kind !== 'number') throw this.#unexpected('a value');
    this.#take();
    return { kind, value: text };
  }

  #peek(): Token {
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1);
    return token ?? { kind: 'end', text: 'the end', at: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #isWord(word: string): boolean {
    return this.#peek().kind === 'word' && this.#peek().text.toUpperCase() === word;
  }

  #takeWord(word: string): boolean {
    const found = this.#isWord(word);
    if (found) this.#next++;
    return found;
  }

  #takeSymbol(symbol: string): boolean {
    const found = this.#peek().kind === 'symbol' && this.#peek().text === symbol;
    if (found) this.#next++;
    return found;
  }

  #expectSymbol(symbol: string): void {
    if (!this.#takeSymbol(symbol)) throw this.#unexpected(symbol);
  }

  #unexpected(expected: string): Error {
    const { text, at } = this.#peek();
    return tqlError(`expected ${expected}, got ${text}`, at);
  }
}
