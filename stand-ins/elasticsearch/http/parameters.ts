import { illegalArgument } from '../errors.ts';

/** Parameters that every API takes. */
const COMMON = ['filter_path'];

/** The query string of a request. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;

  /** @param query the part of the URL after `?` */
  constructor(query: string) {
    this.#values = new Map(new URLSearchParams(query));
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Also true if the parameter has no value. */
  flag(name: string, fallback = false): boolean {
    const value = this.#values.get(name);
    if (value === undefined) return fallback;
    if (value === '' || value === 'true') return true;
    if (value === 'false') return false;
    throw illegalArgument(
      `Failed to parse value [${value}] as only [true] or [false] are allowed.`,
    );
  }

  /** A whole number. */
  integer(name: string): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    if (/^\d+$/.test(value)) return Number(value);
    throw illegalArgument(`Failed to parse parameter [${name}] with value [${value}]`);
  }

  /** A comma-separated list. */
  list(name: string): string[] | undefined {
    return this.#values
      .get(name)
      ?.split(',')
      .filter((item) => item !== '');
  }

  /** @throws {ApiError} 400 with the names of all parameters that the API does not have here */
  refuseUnknown(path: string, known: readonly string[]): void {
    const all = new Set([...COMMON, ...known]);
    const unknown = [...this.#values.keys()].filter((name) => !all.has(name)).sort();
    if (unknown.length === 0) return;
    const details = unknown.map((name) => `[${name}]`).join(', ');
    const noun = unknown.length === 1 ? 'parameter' : 'parameters';
    throw illegalArgument(`request [${path}] contains unrecognized ${noun}: ${details}`);
  }
}
