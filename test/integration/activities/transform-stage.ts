import type { Client, estypes } from '@elastic/elasticsearch';
import assert from 'node:assert/strict';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import { stage, type Stage } from '../../stage.ts';
import { odd, writingNothing } from './drifts.ts';

export const ID = 'tcsync-ti_threatconnect-latest-v1';
export const ASSET = `transform ${ID}`;
export const INDEX = 'logs-ti_threatconnect_latest.dest_indicator-101';
export const ALIAS = 'logs-ti_threatconnect_latest.indicator';
export const STREAM = 'logs-ti_threatconnect.indicator-default';
export const HOUR_MS = 3_600_000;

/** A stage whose transform runs by a clock that a test moves. */
export async function transformStage(env: NodeJS.ProcessEnv = {}): Promise<Stage> {
  const set = await stage({ records: 1 }, env);
  await set.elasticsearch.post('/_sim/clock', { nowMs: Date.UTC(2026, 10, 30) });
  await set.apply();
  return set;
}

export type Update = Omit<estypes.TransformUpdateTransformRequest, 'transform_id'>;

/** Reconciles after a change; a dry run has named the change, and a second run has nothing to do. */
export async function corrected(
  set: Stage,
  state: AssetReport['state'],
  says: RegExp,
): Promise<AssetReport> {
  await settle(set);
  const [planned, ...others] = odd(await set.apply(true));
  assert.deepEqual(others, []);
  assert.equal(planned?.asset, ASSET);
  assert.match(planned.changes.join('\n'), says);
  assert.deepEqual(odd(await set.apply()), [{ ...planned, state }]);
  await settle(set);
  assert.deepEqual(odd(await writingNothing(set)), []);
  assert.equal(await stateOf(set.sink), 'started');
  assert.deepEqual(Object.keys(await set.sink.indices.getAlias({ name: ALIAS })), [INDEX]);
  return planned;
}

/** What a reconciliation says that must not write anything. */
export async function reported(
  set: Stage,
  state: AssetReport['state'],
  says: RegExp,
  asset = ASSET,
): Promise<void> {
  await settle(set);
  const [report, ...others] = odd(await writingNothing(set));
  assert.deepEqual(others, []);
  assert.deepEqual([report?.asset, report?.state, report?.changes], [asset, state, []]);
  assert.match(report?.detail ?? '', says);
}

export async function update(sink: Client, change: Update): Promise<void> {
  await sink.transform.updateTransform({ transform_id: ID, defer_validation: true, ...change });
}

export async function stop(sink: Client): Promise<void> {
  await sink.transform.stopTransform({ transform_id: ID, wait_for_completion: true });
}

export async function configOf(
  sink: Client,
): Promise<estypes.TransformGetTransformTransformSummary> {
  const [found] = (await sink.transform.getTransform({ transform_id: ID })).transforms;
  assert.ok(found !== undefined);
  return found;
}

export async function stateOf(sink: Client): Promise<string | undefined> {
  return (await sink.transform.getTransformStats({ transform_id: ID })).transforms[0]?.state;
}

/** Lets all due runs end. */
export async function settle(set: Stage): Promise<void> {
  await set.elasticsearch.post('/_sim/transforms/settle');
}

export async function advance(set: Stage, ms: number): Promise<void> {
  await set.elasticsearch.post('/_sim/clock', { advanceMs: ms });
  await settle(set);
}

export async function later(set: Stage, ms: number): Promise<string> {
  const { nowMs } = await set.elasticsearch.get<{ nowMs: number }>('/_sim/clock');
  return new Date(nowMs + ms).toISOString();
}

/** It does nothing for this time. */
export async function hangsFor(set: Stage, ms: number): Promise<void> {
  await set.elasticsearch.post('/_sim/transforms/wait', { id: ID, reason: 'hangs' });
  await advance(set, ms);
  await set.elasticsearch.post('/_sim/transforms/wait', { id: ID, reason: null });
}

/** Its next run meets an error that may pass. */
export async function hindered(set: Stage, reason = 'busy'): Promise<void> {
  await set.elasticsearch.post('/_sim/transforms/hinder', { id: ID, status: 503, reason });
  await set.sink.transform.scheduleNowTransform({ transform_id: ID });
  await settle(set);
}

export async function write(set: Stage, id: string, indicator: object = {}): Promise<void> {
  const at = await later(set, 0);
  await set.sink.create({
    index: STREAM,
    id: `${id} ${at}`,
    document: {
      '@timestamp': at,
      event: { id, created: at },
      threat_connect: { indicator: { id, ...indicator } },
    },
  });
}

export async function latestIds(set: Stage): Promise<string[]> {
  await set.sink.indices.refresh({ index: INDEX });
  const { hits } = await set.sink.search<{ event: { id: string } }>({ index: ALIAS, size: 100 });
  return hits.hits.map(({ _source }) => _source?.event.id ?? '').toSorted();
}
