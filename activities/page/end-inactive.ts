import { objectAt } from '../../mapping/exact-json.ts';
import { toTombstone } from '../../mapping/enriched/tombstone.ts';
import type { MappedDocument } from '../../mapping/map-record.ts';
import { parseRecord } from '../../mapping/parse-record.ts';
import type { Deps, Settings } from '../attempt/deps.ts';
import { greatestTimestamps, newestVersions } from '../elasticsearch/newest-versions.ts';
import { untilRefreshed } from '../elasticsearch/until-refreshed.ts';

/** A mapped record that is inactive in ThreatConnect. */
type Inactive = MappedDocument & { requestedAtMs: number };

/**
 * True if an indicator of the latest index is a record of ThreatConnect. In the profile `compatible`, and with the
 * transform of Elastic's package, it is a summary, which ends only with its last record: there an inactive record is
 * written as any other.
 */
export function endsInactive({ profile, assets }: Pick<Settings, 'profile' | 'assets'>): boolean {
  return profile === 'enriched' && assets !== 'feed-only';
}

/**
 * The tombstones of inactive records: of each indicator that is stored and has not ended. Safe to repeat: the second
 * look sees the tombstone of an attempt that has just ended.
 *
 * @param inactive at most 10,000
 */
export async function toTombstones<T extends Inactive>(
  { sink, settings, waiting }: Pick<Deps, 'sink' | 'settings' | 'waiting'>,
  run: { feed: string; runId: string },
  inactive: readonly T[],
  signal: AbortSignal,
): Promise<T[]> {
  const notEnded = async (ids: Iterable<string>) => {
    const newest = await newestVersions(sink, settings, [...ids], signal);
    return new Map([...newest].filter(([, { isTombstone }]) => !isTombstone));
  };
  const records = new Map(inactive.map((record) => [record.indicatorId, record]));
  const seen = await notEnded(records.keys());
  if (seen.size === 0) return [];
  await untilRefreshed(waiting, signal);
  const ending = await notEnded(seen.keys());
  const { namespace } = settings;
  const greatest = await greatestTimestamps(sink, namespace, [...ending.keys()], signal);
  return [...ending].flatMap(([id, { createdMs, timestampMs }]) => {
    const record = records.get(id);
    if (record === undefined) return [];
    const stored = { createdMs, timestampMs: greatest.timestampMs.get(id) ?? timestampMs };
    const tombstone = toTombstone(objectAt(parseRecord(record.source, false)), stored, {
      ...run,
      action: 'deactivated',
      askedAtMs: record.requestedAtMs,
      sinkNowMs: greatest.sinkNowMs,
    });
    return [{ ...record, ...tombstone }];
  });
}
