import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { BEGINNING } from '../../../contracts/progress.ts';
import type { SyncPageInput, SyncPageResult } from '../../../contracts/activities.ts';
import { openInput } from '../../open-input.ts';
import { stage, until, type Stage } from '../../stage.ts';
import { SLICE, wholeFeed } from './page-input.ts';

let whole: SyncPageInput;

function page(input: Partial<SyncPageInput> = {}): SyncPageInput {
  return { ...whole, pageSize: 100, ...input };
}

async function readAll(set: Stage, pageSize: number): Promise<SyncPageResult[]> {
  const results: SyncPageResult[] = [];
  for (let position = BEGINNING; ;) {
    const result = await set.run('syncPage', page({ position, pageSize }));
    results.push(result);
    if (result.ended !== null) return results;
    position = result.position;
  }
}

function item(status: number, type: string) {
  return { kind: 'item', status, share: 0.3, seed: 1, error: { type, reason: 'not now' } };
}

type Truth = { id: string; lastModified: string; active: boolean; deleted: boolean };

async function liveIds(set: Stage): Promise<string[]> {
  const truth = await set.source.lines<Truth>('/_sim/truth');
  return truth.filter(({ active, deleted }) => active && !deleted).map(({ id }) => id);
}

async function storedIds(set: Stage): Promise<string[]> {
  return (await set.stored()).map(({ _source }) => indicator(_source).id);
}

function indicator(source: Record<string, unknown>): { id: string; last_modified: string } {
  return (source.threat_connect as { indicator: { id: string; last_modified: string } }).indicator;
}

describe('syncPage', () => {
  let set: Stage;
  before(async () => {
    set = await stage({ records: 450 });
    await set.apply();
    whole = wholeFeed(set);
  });
  after(() => set.close());
  afterEach(async () => {
    await set.source.delete('/_sim/faults');
    await set.elasticsearch.delete('/_sim/faults');
  });

  test('a slice that is read page by page is stored once, with every id exact, also above 2^53', async () => {
    const results = await readAll(set, 100);
    const ids = await storedIds(set);
    assert.deepEqual(ids, await liveIds(set));
    assert.ok(ids.some((id) => BigInt(id) > 2n ** 53n));
    assert.equal(
      results.reduce((sum, { counts }) => sum + counts.created, 0),
      ids.length,
    );
    assert.deepEqual(results.at(-1)?.ended, { missing: 0, settledMissing: 0 });
  });

  test('a second attempt creates no document', async () => {
    const before = (await storedIds(set)).length;
    const results = await readAll(set, 200);
    assert.equal((await storedIds(set)).length, before);
    assert.equal(
      results.reduce((sum, { counts }) => sum + counts.duplicate, 0),
      before,
    );
  });

  test('a record that becomes visible behind the cursor is counted as missing when the slice ends', async () => {
    const [first] = await liveIds(set);
    assert.ok(first !== undefined);
    const records = await set.source.lines<Record<string, unknown>>(`/_sim/records?id=${first}`);
    await set.source.post('/_sim/script', {
      afterPage: 1,
      changes: [
        {
          op: 'create',
          record: {
            ...records[0],
            id: 1,
            summary: 'late.example',
            lastModified: '2026-01-01T00:00:00Z',
          },
        },
      ],
    });
    const results = await readAll(set, 100);
    assert.deepEqual(results.at(-1)?.ended, { missing: 1, settledMissing: 1 });
    await set.source.post('/_sim/mutate', { changes: [{ op: 'delete', id: '1' }] });
  });

  const sourceFaults = [
    ['is not JSON', { kind: 'notJson' }, 'SourceContract'],
    ['is an HTML page with status 200', { kind: 'html200' }, 'SourceContract'],
    ['has the status "Error"', { kind: 'statusError' }, 'SourceContract'],
    ['has records out of order', { kind: 'disorder' }, 'SourceContract'],
    [
      'is answered 400',
      { kind: 'status', status: 400, body: '{"message":"no","status":"Error"}' },
      'SourceBadRequest',
    ],
    ['is answered 401', { kind: 'status', status: 401, body: '{}' }, 'SourceUnauthorized'],
    ['is answered 403', { kind: 'status', status: 403, body: '{}' }, 'SourceForbidden'],
    [
      'is answered 429',
      { kind: 'status', status: 429, body: '', headers: { 'Retry-After': '7' } },
      'SourceRateLimited',
    ],
    [
      'is redirected',
      { kind: 'status', status: 302, body: '', headers: { Location: '/login' } },
      'SourceBadRequest',
    ],
  ] as const;
  for (const [what, fault, type] of sourceFaults) {
    test(`a page that ${what} fails the attempt as ${type}, and the next attempt reads it whole`, async () => {
      // after a 401 the request is sent once more with a new signature
      const times = type === 'SourceUnauthorized' ? 2 : 1;
      await set.source.post('/_sim/faults', { on: 'page', times, fault });
      await assert.rejects(set.run('syncPage', page()), (error) => {
        assert.equal((error as { type?: string }).type, type);
        if (type === 'SourceRateLimited') {
          assert.equal((error as { nextRetryDelay?: unknown }).nextRetryDelay, 7_000);
        }
        return true;
      });
      const { counts } = await set.run('syncPage', page(), { attempt: 2 });
      assert.equal(counts.read, 100);
    });
  }

  for (const [what, fault] of [
    ['is cut midway', { kind: 'cut', atBytes: 20_000 }],
    ['breaks off', { kind: 'reset' }],
    ['is answered 502 by a proxy', { kind: 'status', status: 502 }],
    ['is answered 503 by a proxy', { kind: 'status', status: 503, body: '<html>busy</html>' }],
  ] as const) {
    test(`a page that ${what} is requested again in the same attempt and size, without the records that have arrived`, async () => {
      await set.source.post('/_sim/faults', { on: 'page', times: 1, fault });
      const { counts, position, pageSize } = await set.run('syncPage', page());
      assert.equal(pageSize, 100);
      assert.ok(counts.read >= 100);
      assert.equal(counts.read, position.read);
      const ids = await liveIds(set);
      assert.equal(position.cursor, ids[counts.read - 1]);
    });
  }

  test('a clock that is ten minutes off is corrected by the first refusal', async () => {
    await set.source.post('/_sim/clock', { offsetMs: 600_000 });
    assert.equal((await set.run('syncPage', page())).counts.read, 100);
    await set.source.post('/_sim/clock', { real: true });
    assert.equal((await set.run('syncPage', page())).counts.read, 100);
  });

  test('an answer that breaks the contract fails the run at the fifth attempt, not before', async () => {
    await set.source.post('/_sim/faults', { on: 'page', fault: { kind: 'disorder' } });
    for (const [SourceContract, nonRetryable] of [
      [3, false],
      [4, true],
    ] as const) {
      const environment = set.environment(9, {
        failures: { SourceUnavailable: 5, SourceContract },
      });
      await assert.rejects(set.run('syncPage', page(), { environment }), { nonRetryable });
    }
  });

  const sinkFaults = [
    [
      '429 that asks for more patience than an attempt has',
      { kind: 'status', status: 429, headers: { 'Retry-After': '600' } },
      'SinkOverloaded',
    ],
    ['502 for the whole request', { kind: 'status', status: 502 }, 'SinkUnavailable'],
    ['a broken connection', { kind: 'reset' }, 'SinkUnavailable'],
  ] as const;
  for (const [what, fault, type] of sinkFaults) {
    test(`${what} at Elasticsearch fails the attempt as ${type}, and nothing is lost`, async () => {
      const slice = { ...SLICE, from: '2000-01-01T00:00:00Z' };
      await set.elasticsearch.post('/_sim/faults', { on: 'bulk', times: null, fault });
      await assert.rejects(set.run('syncPage', page({ slice })), { type });
      await set.elasticsearch.delete('/_sim/faults');
      const { counts } = await set.run('syncPage', page({ slice }), { attempt: 2 });
      assert.equal(counts.created + counts.duplicate, 100);
    });
  }

  const passing = [
    ['429 for the whole request', { kind: 'status', status: 429 }],
    ['503 for the whole request', { kind: 'status', status: 503 }],
    ['429 for some documents', item(429, 'es_rejected_execution_exception')],
    ['503 for some documents', item(503, 'unavailable_shards_exception')],
    ['500 for some documents', item(500, 'i_o_exception')],
    ['502 for the whole request', { kind: 'status', status: 502 }],
    ['a broken connection', { kind: 'reset' }],
  ] as const;
  for (const [what, fault] of passing) {
    test(`${what} at Elasticsearch causes waits within the attempt, but no failure`, async () => {
      await set.elasticsearch.post('/_sim/faults', { on: 'bulk', times: 1, fault });
      const { counts } = await set.run('syncPage', page());
      assert.equal(counts.created + counts.duplicate, 100);
    });
  }

  test('a worker does not read a page if it has other settings than the worker that opened the run', async () => {
    await assert.rejects(set.run('syncPage', page({ configHash: 'another' })), {
      type: 'ConfigChanged',
      nonRetryable: true,
    });
  });

  test('a page with many refused documents fails, because the documents are not the cause', async () => {
    const error = { type: 'document_parsing_exception', reason: 'no' };
    const fault = { kind: 'item', status: 400, share: 0.5, seed: 3, error };
    await set.elasticsearch.post('/_sim/faults', { on: 'bulk', times: 1, fault });
    await assert.rejects(set.run('syncPage', page()), { type: 'TooManyRejects' });
  });

  test('a refusal that a document did not cause leaves out no document', async () => {
    const error = { type: 'index_closed_exception', reason: 'closed' };
    const fault = { kind: 'item', status: 400, error };
    await set.elasticsearch.post('/_sim/faults', { on: 'bulk', times: null, fault });
    await assert.rejects(set.run('syncPage', page()), { type: 'SinkMisconfigured' });
  });

  test('a bulk request that is too large for a proxy is sent in parts', async () => {
    const fault = { kind: 'status', status: 413 };
    await set.elasticsearch.post('/_sim/faults', { on: 'bulk', times: 2, fault });
    const { counts } = await set.run('syncPage', page());
    assert.deepEqual([counts.read, counts.rejected], [100, 0]);
  });

  test('a document that Elasticsearch refuses is counted as rejected, and all others are written', async () => {
    const error = { type: 'document_parsing_exception', reason: 'no' };
    await set.elasticsearch.post('/_sim/faults', {
      on: 'bulk',
      times: 1,
      fault: { kind: 'item', status: 400, share: 0.05, seed: 3, error },
    });
    const { counts } = await set.run('syncPage', page());
    assert.ok(counts.rejected > 0);
    assert.equal(counts.read, counts.created + counts.duplicate + counts.rejected);
  });

  test('after a cancellation nothing is written, and the attempt fails with the cancellation', async () => {
    await set.elasticsearch.post('/_sim/counters/reset');
    await set.source.post('/_sim/faults', { on: 'page', times: 1, fault: { kind: 'hold' } });
    const environment = set.environment();
    const attempt = set.run('syncPage', page(), { environment });
    await Promise.all([
      assert.rejects(attempt, { name: 'CancelledFailure' }),
      (async () => {
        await until('the page is asked for', async () => {
          const { held } = await set.source.get<{ held: number }>('/_sim/faults');
          return held === 1;
        });
        environment.cancel('CANCELLED');
      })(),
    ]);
    await set.source.delete('/_sim/faults');
    const counters = await set.elasticsearch.get<{ bulkRequests?: number }>('/_sim/counters');
    assert.equal(counters.bulkRequests ?? 0, 0);
  });
});

test('without the data stream template the failure says which command creates it', async () => {
  const set = await stage({ records: 5 });
  try {
    await assert.rejects(set.run('openWindow', openInput()), {
      type: 'SinkMisconfigured',
      message: /tcsync apply/,
    });
    assert.deepEqual(await set.elasticsearch.lines('/_sim/documents?target=*'), []);
  } finally {
    await set.close();
  }
});
