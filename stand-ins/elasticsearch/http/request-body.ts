import { ApiError, type Fault, parseFailure } from '../errors.ts';
import { findProblem, malformedJson } from '../json/diagnose.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { firstValueEnd, locate, type Path, type Position, toPosition } from '../json/locate.ts';
import { scanObject } from '../json/scan.ts';

/** The body of a request, decompressed; parsed when somebody asks. */
export class RequestBody {
  readonly bytes: Buffer;
  #text: string | null = null;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.bytes.length === 0;
  }

  get text(): string {
    this.#text ??= this.bytes.toString('utf8');
    return this.#text;
  }

  /**
   * The body as a JSON object.
   * @param missing the server's words for an empty body
   */
  object(missing = 'request body is required'): JsonObject {
    if (this.isEmpty) throw parseFailure(missing);
    return this.optionalObject();
  }

  /** The body as a JSON object, `{}` where there is none. */
  optionalObject(): JsonObject {
    if (this.isEmpty) return {};
    if (scanObject(this.bytes) === null) {
      const problem = findProblem(this.text);
      if (problem !== null) throw malformedJson(this.text, problem);
      throw this.#noObject();
    }
    const value: unknown = JSON.parse(this.text);
    return isObject(value) ? value : {};
  }

  /** Sound JSON, but something else than one object. */
  #noObject(): ApiError {
    const extra = /\S/.exec(this.text.slice(firstValueEnd(this.text)));
    const first = this.text.trimStart()[0];
    const at =
      first === '{' ? firstValueEnd(this.text) + (extra?.index ?? 0) : this.text.search(/\S/);
    const token = tokenAt(this.text[at]);
    const reason =
      first === '{'
        ? `Unexpected token [${token}] found after the main object.`
        : `Expected [START_OBJECT] but found [${token}]`;
    const { line, column } = toPosition(this.text, at);
    return new ApiError(400, { type: 'parsing_exception', reason, line, col: column });
  }

  position(path: Path, what: 'value' | 'key' | 'end'): Position {
    return locate(this.text, path, what);
  }

  /** A `parsing_exception` about the part of the body at `path`. */
  parsingError(reason: string, path: Path, what: 'value' | 'key' | 'end' = 'value'): ApiError {
    const { line, column } = this.position(path, what);
    return new ApiError(400, { type: 'parsing_exception', reason, line, col: column });
  }

  /** Refuses fields that an object of the body must not have, in the words of the server's object parsers. */
  refuseUnknownFields(
    parser: string,
    value: JsonObject,
    known: readonly string[],
    path: Path = [],
  ): void {
    const name = Object.keys(value).find((field) => !known.includes(field));
    if (name === undefined) return;
    const { line, column } = this.position([...path, name], 'key');
    const reason = `[${line}:${column}] [${parser}] unknown field [${name}]`;
    throw new UnknownFieldError(reason, this.position([...path, name], 'value'));
  }

  /** Runs the parser of a field; a field that it does not know becomes the cause of "failed to parse field". */
  within<T>(parser: string, field: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof UnknownFieldError)) throw error;
      throw error.within(parser, field);
    }
  }
}

/** The parser's name for the token that begins with a character. */
function tokenAt(first: string | undefined): string {
  if (first === '{') return 'START_OBJECT';
  if (first === '[') return 'START_ARRAY';
  return first === '"' ? 'VALUE_STRING' : 'VALUE_NUMBER';
}

/** An object has a field that it must not have. */
class UnknownFieldError extends ApiError {
  readonly #root: Fault;
  readonly #position: Position;

  /** @param position of the unknown field's value, where the server's parser stopped */
  constructor(reason: string, position: Position, cause?: Fault, root?: Fault) {
    const fault = { type: 'x_content_parse_exception', reason };
    super(400, cause === undefined ? fault : { ...fault, caused_by: cause }, {
      roots: [root ?? fault],
    });
    this.#root = root ?? fault;
    this.#position = position;
  }

  within(parser: string, field: string): UnknownFieldError {
    const { line, column } = this.#position;
    const reason = `[${line}:${column}] [${parser}] failed to parse field [${field}]`;
    return new UnknownFieldError(reason, this.#position, this.fault, this.#root);
  }
}
