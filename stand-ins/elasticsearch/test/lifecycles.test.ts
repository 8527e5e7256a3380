import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { at, refusal, useStandIn } from './elasticsearch-under-test.ts';

const START = Date.parse('2026-11-24T10:00:00Z');
const DAY = 86_400_000;
const FIRST = '.ds-kept-a-2026.11.24-000001';
const SECOND = '.ds-kept-a-2026.11.25-000002';

describe('lifecycles by the clock', () => {
  const server = useStandIn();
  const advance = (advanceMs: number): Promise<unknown> =>
    server.ask('POST', '/_sim/clock', { advanceMs });
  const indices = async (): Promise<unknown> => {
    const { body } = await server.ask('GET', '/_data_stream/kept-a');
    const list = at(body, 'data_streams.0.indices') as { index_name: string }[];
    return list.map(({ index_name: name }) => name);
  };
  const explain = async (index: string): Promise<unknown> =>
    Object.values(
      at((await server.ask('GET', `/${index}/_ilm/explain`)).body, 'indices') as object,
    )[0];
  const write = (): Promise<unknown> =>
    server.ask('POST', '/kept-a/_doc', { '@timestamp': new Date(START).toISOString() });

  const policy = (phases: unknown): Promise<unknown> =>
    server.ask('PUT', '/_ilm/policy/short', { policy: { phases } });
  const template = (settings: unknown, lifecycle?: unknown): Promise<unknown> =>
    server.ask('PUT', '/_index_template/kept', {
      index_patterns: ['kept-*'],
      data_stream: {},
      template: { settings, ...(lifecycle === undefined ? {} : { lifecycle }) },
    });

  beforeEach(async () => {
    await server.ask('DELETE', '/_data_stream/kept-a');
    await server.ask('POST', '/_sim/clock', { nowMs: START });
    await policy({
      hot: { actions: { rollover: { max_age: '1d' }, set_priority: { priority: 100 } } },
      delete: { min_age: '2d', actions: { delete: {} } },
    });
    await template({ 'index.lifecycle.name': 'short' });
    await server.ask('PUT', '/_data_stream/kept-a');
  });

  test('a write index rolls over at its age, and goes when it has been rolled over for long enough', async () => {
    await write();
    await advance(DAY - 600_000);
    assert.deepEqual(await indices(), [FIRST]);
    await advance(1_200_000);
    assert.deepEqual(await indices(), [FIRST, SECOND]);
    await advance(2 * DAY - 3_600_000);
    assert.deepEqual(await indices(), [FIRST, SECOND], 'age counts from the rollover');
    await advance(3_600_000);
    assert.deepEqual(await indices(), [SECOND]);
  });

  test('an index without documents does not roll over', async () => {
    await advance(5 * DAY);
    assert.deepEqual(await indices(), [FIRST]);
  });

  test('rollover by documents and by size waits for the next poll', async () => {
    await policy({
      hot: {
        actions: {
          rollover: { max_docs: 2, max_primary_shard_size: '1gb' },
          set_priority: { priority: 100 },
        },
      },
    });
    await write();
    await advance(600_000);
    assert.equal(((await indices()) as unknown[]).length, 1);
    await write();
    assert.equal(((await indices()) as unknown[]).length, 1);
    await advance(600_000);
    assert.equal(((await indices()) as unknown[]).length, 2);
  });

  test('rollover by size counts what is stored', async () => {
    await policy({
      hot: {
        actions: {
          rollover: { max_primary_shard_size: '1kb' },
          set_priority: { priority: 100 },
        },
      },
    });
    await write();
    await advance(600_000);
    assert.deepEqual(await indices(), [FIRST]);
    const long = { '@timestamp': new Date(START).toISOString(), text: 'x'.repeat(1_024) };
    await server.ask('POST', '/kept-a/_doc', long);
    await advance(600_000);
    assert.deepEqual(await indices(), [FIRST, '.ds-kept-a-2026.11.24-000002']);
  });

  test('explain says where an index stands, and since when', async () => {
    await write();
    await advance(3_600_000);
    const shown = await explain('kept-a');
    assert.deepEqual(
      [at(shown, 'managed'), at(shown, 'policy'), at(shown, 'age'), at(shown, 'step')],
      [true, 'short', '1h', 'check-rollover-ready'],
    );
    assert.equal(at(shown, 'phase_time_millis'), START);
    assert.deepEqual(at(shown, 'phase_execution.phase_definition.actions.rollover'), {
      max_age: '1d',
    });
    await advance(DAY);
    const rolled = await explain(FIRST);
    assert.deepEqual(
      [at(rolled, 'phase'), at(rolled, 'action'), at(rolled, 'step')],
      ['hot', 'complete', 'complete'],
    );
    await server.ask('PUT', '/plain', {});
    assert.deepEqual(await explain('plain'), { index: 'plain', managed: false });
    await server.ask('DELETE', '/plain');
  });

  test('a changed age of the next phase counts at once, also for an index that has rolled over', async () => {
    await write();
    await server.ask('POST', '/kept-a/_rollover');
    await advance(600_000);
    const phases = (minAge: string) => ({
      hot: { actions: { rollover: { max_age: '6h' }, set_priority: { priority: 100 } } },
      delete: { min_age: minAge, actions: { delete: {} } },
    });
    await policy(phases('4d'));
    await advance(3 * DAY);
    assert.ok(((await indices()) as unknown[]).includes(FIRST), 'kept for longer');
    await policy(phases('1d'));
    await advance(600_000);
    assert.ok(!((await indices()) as unknown[]).includes(FIRST), 'gone at the next poll');
  });

  test('a changed policy reaches the running phase only if that keeps its actions', async () => {
    const conditions = async () => {
      const shown = await explain('kept-a');
      return at(shown, 'phase_execution.phase_definition.actions.rollover.max_age');
    };
    await explain('kept-a');
    await policy({ hot: { actions: { rollover: { max_age: '6h' } } } });
    assert.equal(await conditions(), '1d', 'set_priority is missing');
    await policy({
      hot: { actions: { rollover: { max_age: '6h' }, set_priority: { priority: 1 } } },
    });
    assert.equal(await conditions(), '6h');
  });

  test('an error stays in sight until a retry succeeds', async () => {
    await write();
    await server.ask('POST', '/_sim/lifecycle', {
      index: FIRST,
      reason: 'disk is full',
      autoRetryable: false,
    });
    await advance(600_000);
    const shown = at(
      (await server.ask('GET', '/kept-a/_ilm/explain?only_errors=true')).body,
      'indices',
    ) as Record<string, unknown>;
    const failed = shown[FIRST];
    assert.deepEqual(
      [at(failed, 'step'), at(failed, 'failed_step'), at(failed, 'is_auto_retryable_error')],
      ['ERROR', 'check-rollover-ready', false],
    );
    assert.deepEqual(at(failed, 'step_info'), {
      type: 'illegal_argument_exception',
      reason: 'disk is full',
    });
    await advance(600_000);
    assert.equal(at(await explain(FIRST), 'step'), 'ERROR', 'it is not retried by itself');
    assert.equal((await server.ask('POST', `/${FIRST}/_ilm/retry`)).status, 200);
    assert.equal(at(await explain(FIRST), 'step'), 'check-rollover-ready');
    assert.deepEqual(
      (await server.ask('POST', `/${FIRST}/_ilm/retry`)).body,
      refusal(
        400,
        'illegal_argument_exception',
        `cannot retry an action for an index [${FIRST}] that has not encountered an error when running a Lifecycle Policy`,
      ),
    );
  });

  test('a step that can be retried is, poll by poll', async () => {
    await server.ask('POST', '/_sim/lifecycle', { index: FIRST, reason: 'busy', times: 2 });
    await advance(1_200_000);
    assert.equal(at(await explain(FIRST), 'failed_step_retry_count'), 1);
    await advance(600_000);
    assert.equal(at(await explain(FIRST), 'step'), 'check-rollover-ready');
  });

  test('a policy that is not there is an error', async () => {
    await server.ask('PUT', `/${FIRST}/_settings`, { 'index.lifecycle.name': 'nobody' });
    const { body } = await server.ask('GET', '/kept-a/_ilm/explain?only_errors=true');
    const shown = (at(body, 'indices') as Record<string, unknown>)[FIRST];
    assert.equal(at(shown, 'step_info.reason'), 'policy [nobody] does not exist');
  });

  test('nothing happens while lifecycles are stopped', async () => {
    await write();
    await server.ask('POST', '/_ilm/stop');
    assert.deepEqual((await server.ask('GET', '/_ilm/status')).body, { operation_mode: 'STOPPED' });
    await advance(5 * DAY);
    assert.deepEqual(await indices(), [FIRST]);
    await server.ask('POST', '/_ilm/start');
    await advance(600_000);
    assert.equal(((await indices()) as unknown[]).length, 2);
  });

  test('an index can be let go', async () => {
    await write();
    await server.ask('POST', '/kept-a/_rollover');
    await advance(600_000);
    const removed = await server.ask('POST', '/kept-a/_ilm/remove');
    assert.deepEqual(removed.body, { has_failures: false, failed_indexes: [] });
    assert.equal(at(await explain('kept-a'), 'managed'), false);
  });

  test('a data stream without a policy keeps what its lifecycle says', async () => {
    await server.ask('DELETE', '/_data_stream/kept-a');
    await template({}, { data_retention: '5d' });
    await server.ask('PUT', '/_data_stream/kept-a');
    const { body } = await server.ask('GET', '/_data_stream/kept-a');
    assert.equal(at(body, 'data_streams.0.next_generation_managed_by'), 'Data stream lifecycle');
    await write();
    await advance(DAY + 600_000);
    assert.deepEqual(await indices(), [FIRST, SECOND]);
    await advance(4 * DAY);
    assert.deepEqual(await indices(), [FIRST, SECOND], 'retention counts from the rollover');
    await server.ask('PUT', '/_data_stream/kept-a/_lifecycle', { data_retention: '3d' });
    const shown = await server.ask('GET', '/_data_stream/kept-a/_lifecycle');
    assert.deepEqual(at(shown.body, 'data_streams.0.lifecycle'), {
      enabled: true,
      data_retention: '3d',
      effective_retention: '3d',
      retention_determined_by: 'data_stream_configuration',
    });
    await advance(600_000);
    assert.deepEqual(await indices(), [SECOND]);
  });
});
