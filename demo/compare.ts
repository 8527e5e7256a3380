/** One indicator, live at the source or stored. */
export type Version = {
  /** ThreatConnect's id, exact digits. */
  id: string;
  /** Whole seconds, `2026-01-31T12:34:56Z`. */
  lastModified: string;
};

export type Comparison = {
  source: number;
  stored: number;
  missing: string[];
  stale: string[];
  extra: string[];
};

/**
 * Compares the source's own list of live indicators with the newest stored version of each indicator. Counts alone
 * prove nothing: a lost and a duplicated indicator cancel each other out.
 */
export function compare(source: readonly Version[], stored: readonly Version[]): Comparison {
  const newest = new Map<string, string>();
  for (const { id, lastModified } of stored) {
    const known = newest.get(id);
    if (known === undefined || known < lastModified) newest.set(id, lastModified);
  }
  const live = new Map(source.map(({ id, lastModified }) => [id, lastModified]));
  return {
    source: live.size,
    stored: newest.size,
    missing: [...live.keys()].filter((id) => !newest.has(id)),
    stale: [...live]
      .filter(([id, at]) => newest.has(id) && newest.get(id) !== at)
      .map(([id]) => id),
    extra: [...newest.keys()].filter((id) => !live.has(id)),
  };
}

export function isEqual({ missing, stale, extra }: Comparison): boolean {
  return missing.length + stale.length + extra.length === 0;
}

export function toSentence(comparison: Comparison): string {
  const { source, stored, missing, stale, extra } = comparison;
  if (isEqual(comparison)) {
    return `${stored.toLocaleString('en-US')} of ${source.toLocaleString('en-US')} indicators equal, every id and version`;
  }
  const some = (ids: string[]) => (ids.length === 0 ? '' : ` (${ids.slice(0, 5).join(', ')} …)`);
  return (
    `not equal: ${source} at the source, ${stored} stored, ` +
    `${missing.length} missing${some(missing)}, ${stale.length} stale${some(stale)}, ${extra.length} extra${some(extra)}`
  );
}
