import assert from 'node:assert/strict';
import { compare, isEqual, toSentence, type Version } from '../../../demo/compare.ts';
import type { Stage } from '../../stage.ts';

type Truth = Version & { active: boolean; deleted: boolean };
type Source = { threat_connect: { indicator: { id: string; last_modified: string } } };

/**
 * Checks that each live indicator is stored, and no other, and that its newest version is.
 * @param without an id that the source never gives
 */
export async function assertEqualVersions(set: Stage, without?: string): Promise<void> {
  const truth = await set.source.lines<Truth>('/_sim/truth');
  const live = truth.filter(({ id, active, deleted }) => active && !deleted && id !== without);
  const stored = (await set.stored()).map(({ _source }) => {
    const { id, last_modified: at } = (_source as Source).threat_connect.indicator;
    return { id, lastModified: `${at.slice(0, 19)}Z` };
  });
  const comparison = compare(live, stored);
  assert.ok(isEqual(comparison), toSentence(comparison));
}
