import type { Client } from '@elastic/elasticsearch';

/** Something that the program owns in Elasticsearch. */
export type Asset = {
  /** Kind and name, as a person reads it: `index template tcsync-…`. */
  name: string;
  /** Body of the request that creates it; `null` if a template decides. */
  body: object | null;
  /** Compares it with what exists and says what must be done. Changes nothing. */
  inspect(sink: Client, signal: AbortSignal): Promise<Inspection>;
};

/** The result: whether the asset is as it should be, and what must be done. */
export type Inspection =
  | { is: 'ok'; detail: string | null }
  /** A person must do something first; the detail says what. */
  | { is: 'blocked'; detail: string }
  | { is: 'due'; becomes: 'created' | 'started'; detail: string | null; act(): Promise<void> };

export const OK: Inspection = { is: 'ok', detail: null };

export const MANAGED = { managed_by: 'tcsync' } as const;

/** The inspection of an asset that either exists or not. */
export function presence(exists: boolean, create: () => Promise<unknown>): Inspection {
  if (exists) return OK;
  return {
    is: 'due',
    becomes: 'created',
    detail: null,
    act: async () => {
      await create();
    },
  };
}
