import type { Client } from '@elastic/elasticsearch';

/** Something that the program owns in Elasticsearch. */
export type Asset = {
  /** Kind and name, as a person reads it: `index template tcsync-…`. */
  name: string;
  /** Body of the request that creates it; `null` if a template decides. */
  body: object | null;
  /** True: it has no line in the report if there is nothing to tell. */
  isQuiet?: true;
  /** Compares it with what exists and says what must be done. Changes nothing. */
  inspect(sink: Client, signal: AbortSignal): Promise<Inspection>;
  /**
   * For a dry run, if nothing is due yet: what will be done to it after earlier assets are changed. `null`: nothing, or
   * no earlier asset has to be changed.
   */
  foresee?(sink: Client, signal: AbortSignal): Promise<Foreseen | null>;
};

export type Foreseen = Pick<Repair, 'changes'> & { detail: string };

/** The result of a comparison. */
export type Inspection = {
  /** What must be done, in this order; empty if nothing has to be done. */
  due: readonly Repair[];
  /**
   * What remains when that is done. `ok`: the wanted state. `drift-ignored`: it differs in a way that is left to the
   * operator. `blocked`: a person must do something first. `foreign`: the program did not create it, and does not change
   * it. The detail says what.
   */
  rest: 'ok' | 'drift-ignored' | 'blocked' | 'foreign';
  detail: string | null;
};

/** One change. It is safe to repeat, also while another installer does the same. */
export type Repair = {
  /** `created`: it did not exist; `updated`: its definition differed; `repaired`: it did not work as it is defined. */
  becomes: 'created' | 'updated' | 'repaired';
  /** What differs, such as `priority: 100 → 180`, or what is done about it. */
  changes: readonly string[];
  act(): Promise<unknown>;
};

export const OK: Inspection = { due: [], rest: 'ok', detail: null };

export function blocked(detail: string): Inspection {
  return { due: [], rest: 'blocked', detail };
}

export function foreign(detail: string): Inspection {
  return { due: [], rest: 'foreign', detail };
}

export function due(...repairs: readonly Repair[]): Inspection {
  return { ...OK, due: repairs };
}

/** The inspection of an asset that either exists or not. */
export function presence(exists: boolean, create: () => Promise<unknown>): Inspection {
  return exists ? OK : due({ becomes: 'created', changes: [], act: create });
}
