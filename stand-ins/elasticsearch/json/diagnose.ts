import { ApiError, type Fault } from '../errors.ts';
import { type Position, toPosition } from './locate.ts';

/** What is wrong with a JSON text, in the words of Jackson, the parser of the real server. */
export interface JsonProblem {
  readonly kind: 'end' | 'syntax';
  readonly message: string;
  readonly position: Position;
  /** Where the last sound token starts: some messages of the server name it too. */
  readonly lastToken: Position;
}

const VALUES = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";
const MAX_SNIPPET = 500;
// Stands for the text until it is known whether it may be shown.
const SOURCE = '\u0000';

/** The first problem of `text` as one JSON value (more text may follow it), or null where there is none. */
export function findProblem(text: string): JsonProblem | null {
  const reader = new ProblemFinder(text);
  try {
    reader.value();
    return null;
  } catch (error) {
    if (error instanceof Found) return error.problem;
    throw error;
  }
}

/** The exception for a body, or a line of one, that is no JSON. */
export function malformedJson(text: string, problem: JsonProblem, showSource = true): ApiError {
  return new ApiError(400, toFault(text, problem, showSource));
}

/** @param showSource false keeps the text out of the message, as `include_source_on_error=false` asks */
export function toFault(text: string, problem: JsonProblem, showSource = true): Fault {
  const { line, column } = problem.position;
  const source = showSource
    ? `(byte[])${snippet(text)}`
    : 'REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)';
  const message =
    `${problem.message}\n at [Source: ${SOURCE}; line: ${line}, column: ${column}]`.replaceAll(
      SOURCE,
      () => source,
    );
  if (problem.kind === 'end') {
    return {
      type: 'x_content_e_o_f_exception',
      reason: `[${line}:${column}] Unexpected end of file`,
      caused_by: { type: 'json_e_o_f_exception', reason: message },
    };
  }
  return {
    type: 'x_content_parse_exception',
    reason: `[${line}:${column}] ${message}`,
    caused_by: { type: 'json_parse_exception', reason: message },
  };
}

export function snippet(text: string): string {
  if (text.length <= MAX_SNIPPET) return `"${text}"`;
  return `"${text.slice(0, MAX_SNIPPET)}"[truncated ${text.length - MAX_SNIPPET} bytes]`;
}

class Found extends Error {
  readonly problem: JsonProblem;
  constructor(problem: JsonProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

class ProblemFinder {
  readonly #text: string;
  #at = 0;
  #lastToken = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): void {
    this.#space();
    const character = this.#text[this.#at];
    if (character === undefined) this.#end('Unexpected end-of-input');
    if (character === '"' || /[-0-9{[]/.test(character)) this.#lastToken = this.#at;
    if (character === '{') this.#object();
    else if (character === '[') this.#array();
    else if (character === '"') this.#string('VALUE_STRING');
    else if (/[-0-9]/.test(character)) this.#number();
    else this.#word();
  }

  #object(): void {
    const start = this.#at;
    const names = new Set<string>();
    this.#at += 1;
    for (let first = true; ; first = false) {
      this.#space();
      const character = this.#text[this.#at];
      if (character === undefined) this.#unclosed('Object', start);
      if (character === '}' && first) break;
      if (character !== '"')
        this.#unexpected(character, 'was expecting double-quote to start field name');
      const keyStart = this.#at;
      this.#string('FIELD_NAME');
      const name = this.#text.slice(keyStart + 1, this.#at - 1);
      if (names.has(name)) this.#syntax(`Duplicate field '${name}'`, this.#at);
      names.add(name);
      this.#lastToken = keyStart;
      this.#space();
      const colon = this.#text[this.#at];
      if (colon === undefined) this.#end('Unexpected end-of-input within/between Object entries');
      if (colon !== ':')
        this.#unexpected(colon, 'was expecting a colon to separate field name and value');
      this.#at += 1;
      this.#space();
      if (this.#at >= this.#text.length) {
        this.#end('Unexpected end-of-input within/between Object entries');
      }
      this.value();
      if (!this.#next('}', 'Object', start)) break;
    }
    this.#at += 1;
  }

  #array(): void {
    const start = this.#at;
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] !== ']') {
      for (;;) {
        if (this.#at >= this.#text.length) this.#unclosed('Array', start);
        this.value();
        if (!this.#next(']', 'Array', start)) break;
      }
    }
    this.#at += 1;
  }

  /** Steps over a comma; false at the closing bracket. */
  #next(close: string, kind: string, start: number): boolean {
    this.#space();
    const character = this.#text[this.#at];
    if (character === close) return false;
    if (character === undefined) this.#unclosed(kind, start);
    if (character !== ',')
      this.#unexpected(character, `was expecting comma to separate ${kind} entries`);
    this.#at += 1;
    return true;
  }

  #string(kind: string): void {
    for (let next = this.#at + 1; ; next += 1) {
      const character = this.#text[next];
      if (character === undefined) {
        this.#at = next;
        this.#end(
          kind === 'FIELD_NAME'
            ? 'Unexpected end-of-input in field name'
            : 'Unexpected end-of-input in VALUE_STRING',
        );
      }
      if (character === '"') {
        this.#at = next + 1;
        return;
      }
      if (character < ' ') {
        const code = character.charCodeAt(0);
        this.#syntax(
          `Illegal unquoted character ((CTRL-CHAR, code ${code})): has to be escaped using backslash to be included in string value`,
          next,
        );
      }
      if (character === '\\') {
        const escaped = this.#text[next + 1] ?? '';
        if (!/["\\/bfnrtu]/.test(escaped)) {
          this.#syntax(
            `Unrecognized character escape '${escaped}' (code ${escaped.charCodeAt(0)})`,
            next + 1,
          );
        }
        next += 1;
      }
    }
  }

  #number(): void {
    const match = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/.exec(this.#text.slice(this.#at));
    const next = this.#at + (match?.[0].length ?? 0);
    const character = this.#text[next] ?? '';
    if (match?.[0] === '0' && /\d/.test(character)) {
      this.#syntax('Invalid numeric value: Leading zeroes not allowed', next);
    }
    if (character === '.') {
      const after = this.#text[next + 1] ?? '';
      this.#syntax(
        `Unexpected character ('${after}' (code ${after.charCodeAt(0)})) in numeric value: Decimal point not followed by a digit`,
        next + 1,
      );
    }
    if (match === null || /\w/.test(character)) {
      this.#syntax(`Unexpected character ('${character}' (code ${character.charCodeAt(0)}))`, next);
    }
    this.#at = next;
  }

  #word(): void {
    const word = /^[\p{L}\p{N}_$]+/u.exec(this.#text.slice(this.#at))?.[0];
    if (word === undefined)
      this.#unexpected(this.#text[this.#at] ?? '', `expected a valid value (${VALUES})`);
    if (['true', 'false', 'null'].includes(word)) {
      this.#lastToken = this.#at;
      this.#at += word.length;
      return;
    }
    const after = this.#at + word.length + (/^[tfn]/.test(word) ? 1 : 0);
    this.#syntax(`Unrecognized token '${word}': was expecting (${VALUES})`, after);
  }

  #space(): void {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }

  #unclosed(kind: string, start: number): never {
    const { line, column } = toPosition(this.#text, start);
    const from = `[Source: ${SOURCE}; line: ${line}, column: ${column}]`;
    this.#end(
      `Unexpected end-of-input: expected close marker for ${kind} (start marker at ${from})`,
    );
  }

  #end(message: string): never {
    this.#fail('end', message, this.#text.length);
  }

  #unexpected(character: string, expected: string): never {
    const code = character.charCodeAt(0);
    this.#syntax(`Unexpected character ('${character}' (code ${code})): ${expected}`, this.#at);
  }

  #syntax(message: string, offset: number): never {
    this.#fail('syntax', message, offset);
  }

  #fail(kind: 'end' | 'syntax', message: string, offset: number): never {
    throw new Found({
      kind,
      message,
      position: toPosition(this.#text, offset),
      lastToken: toPosition(this.#text, this.#lastToken),
    });
  }
}
