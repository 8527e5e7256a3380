import { isObject, objectAt, textOf } from '../../mapping/exact-json.ts';
import { parseRecord } from '../../mapping/parse-record.ts';
import type { ThreatConnect } from './threatconnect.ts';
import type { Selection } from './tql.ts';

/** An indicator as ThreatConnect shows it now. */
export type SourceIndicator = {
  /** Exact digits. */
  id: string;
  owner: string | null;
  type: string | null;
  summary: string | null;
  active: boolean;
  /** As the source sends it. */
  lastModified: string | null;
};

/**
 * Indicators of a selection, active and inactive. It sends two requests, because the vendor does not document how one
 * request could return both.
 *
 * @param limit largest number of each of the two
 */
export async function findIndicators(
  source: ThreatConnect,
  selection: Selection,
  limit: number,
  signal: AbortSignal,
): Promise<SourceIndicator[]> {
  const found = new Map<string, SourceIndicator>();
  for (const asked of [selection, { ...selection, status: 'inactive' } as const]) {
    await source.page(
      asked,
      { fields: [], limit },
      async (records) => {
        for (const { text, plainNumbers, cut } of records) {
          const indicator = cut ? null : toIndicator(text, plainNumbers, !('status' in asked));
          if (indicator !== null) found.set(indicator.id, indicator);
        }
      },
      signal,
    );
  }
  return [...found.values()];
}

/** `null` if it has no id. */
function toIndicator(
  text: string,
  plainNumbers: boolean,
  isAskedActive: boolean,
): SourceIndicator | null {
  const record = parseRecord(text, plainNumbers);
  if (!isObject(record)) return null;
  const id = textOf(record.id);
  if (id === null) return null;
  return {
    id,
    owner: textOf(record.ownerName) ?? textOf(objectAt(record.owner).name),
    type: textOf(record.type),
    summary: textOf(record.summary),
    active: typeof record.active === 'boolean' ? record.active : isAskedActive,
    lastModified: textOf(record.lastModified),
  };
}
