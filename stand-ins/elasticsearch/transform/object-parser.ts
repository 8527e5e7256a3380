import { ApiError, type Fault } from '../errors.ts';
import { type RequestBody } from '../http/request-body.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { type Path, type Position } from '../json/locate.ts';
import { tokenOf } from '../json/token-name.ts';

/** A part of a request's body: where it stands and what it is. */
export interface Part {
  readonly body: RequestBody;
  readonly path: Path;
  readonly value: unknown;
}

/** How one field of an object is read; `takes`: the kinds of values that its parser is called for at all. */
export interface FieldParser<T> {
  readonly takes: (value: unknown) => boolean;
  readonly parse: (part: Part) => T;
}

type Fields = Readonly<Record<string, FieldParser<unknown>>>;
type Parsed<F extends Fields> = { -readonly [Name in keyof F]?: ReturnType<F[Name]['parse']> };

interface ObjectOptions {
  /** The server's name of the parser, as its messages show it. */
  readonly parser: string;
  readonly required?: readonly string[];
  /** Skips fields that it does not know. */
  readonly lenient?: boolean;
}

// Exceptions of Java rather than of the server: never shown as a root cause below another one.
const PLAIN = new Set(['illegal_argument_exception', 'number_format_exception']);

/** A body that an object parser refuses; `stop` is where it had come to. */
export class ParseRefusal extends ApiError {
  readonly stop: Position;

  constructor(fault: Fault, stop: Position) {
    super(400, fault, { roots: [rootOf(fault)] });
    this.stop = stop;
  }
}

/**
 * Reads an object field by field, in the order of the text, and refuses it in the words of the server's object
 * parsers.
 */
export function parseObject<F extends Fields>(
  part: Part,
  fields: F,
  { parser, required = [], lenient = false }: ObjectOptions,
): Parsed<F> {
  const { body, path, value } = part;
  if (!isObject(value)) {
    const stop = body.position(path, 'value');
    throw refusal(`${at(stop)} [${parser}] Expected START_OBJECT but was: ${tokenOf(value)}`, stop);
  }
  const result: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(value)) {
    const field = fields[name];
    const inner = { body, path: [...path, name], value: given };
    if (field === undefined) {
      if (lenient) continue;
      const key = body.position(inner.path, 'key');
      throw refusal(
        `${at(key)} [${parser}] unknown field [${name}]`,
        body.position(inner.path, 'value'),
      );
    }
    if (!field.takes(given)) {
      const stop = body.position(inner.path, 'value');
      throw refusal(
        `${at(stop)} [${parser}] ${name} doesn't support values of type: ${tokenOf(given)}`,
        stop,
      );
    }
    result[name] = within(parser, name, () => field.parse(inner));
  }
  const missing = required.filter((name) => !(name in value));
  if (missing.length > 0) throw illegalPart(part, `Required [${missing.join(', ')}]`);
  return result as Parsed<F>;
}

/** Reads `{"kind": …}` with one of some known kinds. */
export function parseNamed<T>(
  part: Part,
  parser: string,
  kinds: Readonly<Record<string, (part: Part) => T>>,
): T {
  const { body, path, value } = part;
  const [name, second] = isObject(value) ? Object.keys(value) : [];
  const kind = name === undefined ? undefined : kinds[name];
  if (name === undefined || kind === undefined) {
    const stop = body.position(
      name === undefined ? path : [...path, name],
      name === undefined ? 'end' : 'key',
    );
    const shown = name ?? parser;
    const cause = {
      type: 'named_object_not_found_exception',
      reason: `${at(stop)} unknown field [${shown}]`,
    };
    throw refusal(`${at(stop)} [${parser}] failed to parse field [${shown}]`, stop, cause);
  }
  const inner = { body, path: [...path, name], value: (value as JsonObject)[name] };
  const result = within(parser, name, () => kind(inner));
  if (second !== undefined) {
    // said by what called the parser, and so in none of its messages
    throw new ApiError(400, {
      type: 'x_content_parse_exception',
      reason: `${at(body.position([...path, second], 'key'))} parser for [${parser}] did not end on END_OBJECT`,
    });
  }
  return result;
}

/** What a parser throws whose object is complete but makes no sense. */
export function unbuildable(part: Part, parser: string, reason: string): ParseRefusal {
  return new ParseRefusal(
    {
      type: 'x_content_parse_exception',
      reason: `Failed to build [${parser}] after last required field arrived`,
      caused_by: { type: 'illegal_argument_exception', reason },
    },
    part.body.position(part.path, 'end'),
  );
}

/** A plain exception about a part; whatever encloses it says where. */
export function illegalPart(
  { body, path, value }: Part,
  reason: string,
  type = 'illegal_argument_exception',
): ParseRefusal {
  return new ParseRefusal({ type, reason }, body.position(path, isObject(value) ? 'end' : 'value'));
}

function within<T>(parser: string, field: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ParseRefusal)) throw error;
    throw refusal(
      `${at(error.stop)} [${parser}] failed to parse field [${field}]`,
      error.stop,
      error.fault,
    );
  }
}

function refusal(reason: string, stop: Position, cause?: Fault): ParseRefusal {
  return new ParseRefusal(
    {
      type: 'x_content_parse_exception',
      reason,
      ...(cause === undefined ? {} : { caused_by: cause }),
    },
    stop,
  );
}

function at({ line, column }: Position): string {
  return `[${line}:${column}]`;
}

function rootOf(fault: Fault): Fault {
  let root = fault;
  for (let cause = fault.caused_by; cause !== undefined; cause = cause.caused_by) {
    if (!PLAIN.has(cause.type)) root = cause;
  }
  const { caused_by: _cause, ...shown } = root;
  // an unknown query is shown by the query itself, not by what looked it up
  return root.type === 'named_object_not_found_exception' && hasQuery(fault)
    ? queryOf(fault)
    : shown;
}

function hasQuery(fault: Fault): boolean {
  return queryOf(fault).type === 'parsing_exception';
}

function queryOf(fault: Fault): Fault {
  let found = fault;
  for (let cause = fault.caused_by; cause !== undefined; cause = cause.caused_by) {
    found = cause;
    if (cause.type === 'parsing_exception') break;
  }
  const { caused_by: _cause, ...shown } = found;
  return shown;
}
