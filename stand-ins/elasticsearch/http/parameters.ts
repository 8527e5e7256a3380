import { ApiError, illegalArgument } from '../errors.ts';

/** Parameters that every API takes. */
const COMMON = ['error_trace', 'filter_path', 'format', 'human', 'pretty'];

/** The query string of a request; of a repeated parameter the last value counts. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;

  private constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** @param query what stands after `?`, undecoded */
  static parse(query: string): Parameters {
    const values = new Map<string, string>();
    for (const part of query.split('&')) {
      if (part === '') continue;
      const equals = part.indexOf('=');
      const name = equals < 0 ? part : part.slice(0, equals);
      values.set(decode(name), equals < 0 ? '' : decode(part.slice(equals + 1)));
    }
    return new Parameters(values);
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** True where the parameter is given without a value, too. */
  flag(name: string, fallback = false): boolean {
    const value = this.#values.get(name);
    if (value === undefined) return fallback;
    if (value === '' || value === 'true') return true;
    if (value === 'false') return false;
    throw illegalArgument(
      `Failed to parse value [${value}] as only [true] or [false] are allowed.`,
    );
  }

  /** A whole number; `kind` is the Java type of the error message. */
  integer(name: string, kind: 'int' | 'long' = 'int'): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    if (/^[-+]?\d+$/.test(value)) return Number(value);
    throw illegalArgument(`Failed to parse ${kind} parameter [${name}] with value [${value}]`, {
      type: 'number_format_exception',
      reason: `For input string: "${value}"`,
    });
  }

  /** A comma-separated list. */
  list(name: string): string[] | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : value.split(',').filter((item) => item !== '');
  }

  /** @throws {ApiError} naming every parameter that the API does not have */
  refuseUnknown(path: string, known: readonly string[]): void {
    const all = new Set([...COMMON, ...known]);
    const unknown = [...this.#values.keys()].filter((name) => !all.has(name)).sort();
    if (unknown.length === 0) return;
    const details = unknown.map((name) => `[${name}]`).join(', ');
    const noun = unknown.length === 1 ? 'parameter' : 'parameters';
    throw illegalArgument(`request [${path}] contains unrecognized ${noun}: ${details}`);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    const reason = `invalid escape sequence in: ${text}`;
    throw new ApiError(400, {
      type: 'bad_parameter_exception',
      reason: `java.lang.IllegalArgumentException: ${reason}`,
      caused_by: { type: 'illegal_argument_exception', reason },
    });
  }
}
