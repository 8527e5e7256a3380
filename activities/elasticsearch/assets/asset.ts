import type { Client } from '@elastic/elasticsearch';

/** Something that the program owns in Elasticsearch. */
export type Asset = {
  /** Kind and name, as a person reads it: `index template tcsync-…`. */
  name: string;
  exists(sink: Client, signal: AbortSignal): Promise<boolean>;
  create(sink: Client, signal: AbortSignal): Promise<void>;
};

export const MANAGED = { managed_by: 'tcsync' } as const;
