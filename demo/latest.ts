import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import { LATEST_ALIAS } from '../contracts/names.ts';
import { compare, isEqual, type Comparison, type Version } from './compare.ts';
import type { TrueVersion } from './source-control.ts';
import { storedVersions } from './stored-versions.ts';

const DAY_MS = 86_400_000;
/** The default of `TCSYNC_IOC_EXPIRATION`. */
const LIFE_MS = 90 * DAY_MS;
const POLL_MS = 1_000;

/** The versions of a namespace in the latest index, by id or, as in the integration, by summary. */
export async function latestVersions(
  sink: Client,
  namespace: string,
  identity: 'id' | 'summary',
): Promise<Version[]> {
  const versions = await storedVersions(sink, LATEST_ALIAS, namespace);
  return versions.map((version) => ({
    id: version[identity],
    lastModified: version.lastModified,
  }));
}

/**
 * The expected content of the integration's latest index: for each summary the copy that was modified last, if its life
 * has not ended.
 */
export function livingSummaries(truth: readonly TrueVersion[], nowMs: number): Version[] {
  const newest = new Map<string, string>();
  for (const { summary, lastModified } of truth) {
    const known = newest.get(summary);
    if (known === undefined || known < lastModified) newest.set(summary, lastModified);
  }
  return [...newest]
    .filter(([, lastModified]) => Date.parse(lastModified) + LIFE_MS > nowMs)
    .map(([id, lastModified]) => ({ id, lastModified }));
}

/** Compares again and again until both are equal, or until the time limit. */
export async function untilLatest(
  expected: () => Promise<Version[]> | Version[],
  latest: () => Promise<Version[]>,
  timeoutMs: number,
): Promise<Comparison> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const comparison = compare(await expected(), await latest());
    if (isEqual(comparison) || Date.now() > deadlineMs) return comparison;
    await sleep(POLL_MS);
  }
}
