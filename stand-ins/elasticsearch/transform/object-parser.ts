import { ApiError, contentError, illegalArgument } from '../errors.ts';
import { isObject, type JsonObject } from '../json/exact.ts';

/** How one field of an object is read; `takes`: the kinds of values that its parser is called for at all. */
export interface FieldParser<T> {
  readonly takes: (value: unknown) => boolean;
  readonly parse: (value: unknown) => T;
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

/** Reads an object field by field, as strictly as the server's object parsers. @throws {ApiError} 400 */
export function parseObject<F extends Fields>(
  value: unknown,
  fields: F,
  { parser, required = [], lenient = false }: ObjectOptions,
): Parsed<F> {
  if (!isObject(value)) throw contentError(`[${parser}] Expected START_OBJECT`);
  const result: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(value)) {
    const field = fields[name];
    if (field === undefined) {
      if (lenient) continue;
      throw contentError(`[${parser}] unknown field [${name}]`);
    }
    if (!field.takes(given)) throw contentError(`[${parser}] ${name} is of a wrong type`);
    result[name] = within(parser, name, () => field.parse(given));
  }
  const missing = required.filter((name) => !(name in value));
  if (missing.length > 0) throw illegalArgument(`Required [${missing.join(', ')}]`);
  return result as Parsed<F>;
}

/** Reads `{"kind": …}` with one of some known kinds. */
export function parseNamed<T>(
  value: unknown,
  parser: string,
  kinds: Readonly<Record<string, (value: unknown) => T>>,
): T {
  const given: JsonObject = isObject(value) ? value : {};
  const [name = parser, second] = Object.keys(given);
  const kind = kinds[name];
  if (kind === undefined) throw contentError(`[${parser}] unknown field [${name}]`);
  const result = within(parser, name, () => kind(given[name]));
  if (second !== undefined) throw contentError(`[${parser}] did not end on END_OBJECT`);
  return result;
}

/** What a parser throws whose object is complete but makes no sense. */
export function unbuildable(parser: string, reason: string): ApiError {
  return contentError(`Failed to build [${parser}] after last required field arrived`, {
    type: 'illegal_argument_exception',
    reason,
  });
}

function within<T>(parser: string, field: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400) throw error;
    throw contentError(`[${parser}] failed to parse field [${field}]`, error.fault);
  }
}
