/** What the configuration says about documents in the shape of Elastic's own integration. */
export type CompatibleSettings = {
  namespace: string;
  tags: readonly string[];
  /** Life of an indicator: a whole number and `d`, `h` or `m`. Documents quote the text. */
  iocExpiration: string;
  preserveOriginalEvent: boolean;
};

/** What it says besides about enriched documents. */
export type EnrichedSettings = CompatibleSettings & {
  /** When the life begins: on the day the source last showed the indicator, or at its last change. */
  expiry: 'confirmed' | 'fixed';
  /** What `@timestamp` is: the last change, or the day the source last showed the indicator. */
  timestamp: 'modified' | 'confirmed';
  /** Names of the source's users. */
  people: 'keep' | 'drop';
  /** Passwords of malware archives. */
  passwords: 'keep' | 'drop';
};

export type MappingSettings = EnrichedSettings & { profile: 'enriched' | 'compatible' };
