import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';

import { at, useStandIn } from './elasticsearch-under-test.ts';

describe('the documents that the stand-in holds', () => {
  const server = useStandIn();

  test('they are listed in write order, refreshed or not, without deleted and replaced ones', async () => {
    await server.ask('POST', '/held/_bulk', [
      { index: { _id: 'a' } },
      { n: 1 },
      { index: { _id: 'b' } },
      { n: 2 },
      { index: { _id: 'a' } },
      { n: 3 },
      { index: { _id: 'c' } },
      { n: 4 },
      { delete: { _id: 'c' } },
    ]);
    const { text, headers } = await server.ask('GET', '/_sim/documents?target=hel*');
    assert.equal(headers['content-type'], 'application/x-ndjson');
    assert.equal(
      text,
      '{"_index":"held","_id":"b","_seq_no":1,"_source":{"n":2}}\n{"_index":"held","_id":"a","_seq_no":2,"_source":{"n":3}}\n',
    );
  });

  test('a target that is not there has none', async () => {
    const { status, text } = await server.ask('GET', '/_sim/documents?target=none');
    assert.deepEqual([status, text], [200, '']);
  });
});

describe('the counters of the stand-in', () => {
  const server = useStandIn();

  test('they show the requests, and the results of bulk items', async () => {
    const lines = ['a', 'a', 'b'].flatMap((_id) => [{ create: { _id } }, { n: 1 }]);
    await server.ask('POST', '/counted/_bulk', lines);
    await server.ask('GET', '/counted/_search');
    const { body } = await server.ask('GET', '/_sim/counters');
    assert.partialDeepStrictEqual(body, {
      requests: { bulk: 1, search: 1, doc: 0, other: 0 },
      bulkRequests: 1,
      items: { created: 2, conflict: 1, rejected: 0 },
    });
    const reset = await server.ask('POST', '/_sim/counters/reset');
    assert.partialDeepStrictEqual(reset.body, { bulkRequests: 0, items: { created: 0 } });
  });
});

describe('the clock of the stand-in', () => {
  const server = useStandIn();
  const set = async (change: unknown): Promise<unknown> =>
    (await server.ask('POST', '/_sim/clock', change)).body;

  test('it stands where it is set, and moves when it is told to', async () => {
    assert.partialDeepStrictEqual(await set({ nowMs: 1_000 }), { nowMs: 1_000, frozen: true });
    assert.partialDeepStrictEqual(await set({ advanceMs: 500 }), { nowMs: 1_500, frozen: true });
    assert.partialDeepStrictEqual((await server.ask('GET', '/_sim/clock')).body, { nowMs: 1_500 });
  });

  test('it runs ahead of the machine, and goes back to it', async () => {
    const ahead = await set({ offsetMs: 3_600_000 });
    assert.partialDeepStrictEqual(ahead, { offsetMs: 3_600_000, frozen: false });
    assert.ok(Number(at(ahead, 'nowMs')) > Date.now() + 3_500_000);
    assert.partialDeepStrictEqual(await set({ real: true }), { offsetMs: 0, frozen: false });
  });
});

describe('faults of the stand-in', () => {
  const server = useStandIn();
  const arm = (order: unknown): ReturnType<typeof server.ask> =>
    server.ask('POST', '/_sim/faults', order);
  const held = async (): Promise<unknown> =>
    at((await server.ask('GET', '/_sim/faults')).body, 'held');
  const bulk = (...ids: string[]): ReturnType<typeof server.ask> =>
    server.ask(
      'POST',
      '/faulty/_bulk',
      ids.flatMap((_id) => [{ index: { _id } }, {}]),
    );

  afterEach(async () => {
    await server.ask('DELETE', '/_sim/faults');
  });

  test('a status takes the place of an answer, after some requests and for some', async () => {
    await arm({
      on: 'bulk',
      after: 1,
      times: 2,
      fault: { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
    });
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await bulk('x'));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 429, 429, 200],
    );
    assert.equal(answers[1]?.headers['retry-after'], '7');
    assert.equal(answers[1]?.headers['x-elastic-product'], 'Elasticsearch');
    assert.equal(at(answers[1]?.body, 'error.type'), 'es_rejected_execution_exception');
    assert.equal((await server.ask('GET', '/')).status, 200);
  });

  test('a status may have a body of its own', async () => {
    await arm({ on: 'info', fault: { kind: 'status', status: 503, body: { down: true } } });
    const { status, body } = await server.ask('GET', '/');
    assert.deepEqual([status, body], [503, { down: true }]);
  });

  test('a request that fails before it is carried out leaves nothing behind', async () => {
    await arm({ on: 'doc', fault: { kind: 'status', status: 503 } });
    await server.ask('PUT', '/faulty/_doc/before', {});
    assert.equal((await server.ask('GET', '/faulty/_doc/before')).status, 404);
  });

  test('a request whose answer is lost has been carried out', async () => {
    await arm({ on: 'doc', fault: { kind: 'reset', when: 'after' } });
    await assert.rejects(server.ask('PUT', '/faulty/_doc/after', {}), { code: 'ECONNRESET' });
    assert.equal((await server.ask('GET', '/faulty/_doc/after')).status, 200);
  });

  test('a connection is reset', async () => {
    await arm({ on: 'any', fault: { kind: 'reset' } });
    await assert.rejects(server.ask('GET', '/'), { code: 'ECONNRESET' });
  });

  test('an answer is cut off in the middle', async () => {
    await arm({ on: 'info', fault: { kind: 'cut', atBytes: 10 } });
    await assert.rejects(server.ask('GET', '/'), { code: 'ECONNRESET' });
  });

  test('some items of a bulk request are refused by their ids', async () => {
    const error = { type: 'mapper_exception', reason: 'not today' };
    await arm({ on: 'bulk', fault: { kind: 'item', status: 400, error, ids: ['b'] } });
    const { body } = await bulk('a', 'b', 'c');
    assert.partialDeepStrictEqual(body, {
      errors: true,
      items: [
        { index: { _id: 'a', status: 201 } },
        { index: { _index: 'faulty', _id: 'b', status: 400, error } },
        { index: { _id: 'c', status: 201 } },
      ],
    });
    assert.equal((await server.ask('GET', '/faulty/_doc/b')).status, 404);
  });

  test('an item is refused for a text that it holds', async () => {
    await arm({ on: 'bulk', fault: { kind: 'item', status: 500, containing: 'poison' } });
    const { body } = await server.ask(
      'POST',
      '/faulty/_bulk',
      '{"index":{}}\n{"a":"sound"}\n{"index":{}}\n{"a":"poison"}\n',
    );
    assert.partialDeepStrictEqual(body, {
      items: [{ index: { status: 201 } }, { index: { status: 500 } }],
    });
  });

  test('a connection is reset for a text that the request holds', async () => {
    await arm({ on: 'doc', times: null, containing: 'poison', fault: { kind: 'reset' } });
    assert.equal((await server.ask('PUT', '/faulty/_doc/sound', { a: 'sound' })).status, 201);
    await assert.rejects(server.ask('PUT', '/faulty/_doc/poison', { a: 'poison' }), {
      code: 'ECONNRESET',
    });
  });

  test('a share of the items is refused, the same ones for the same seed', async () => {
    const refused = async (seed: number): Promise<string> => {
      await arm({ on: 'bulk', fault: { kind: 'item', status: 429, share: 0.3, seed } });
      const { body } = await bulk(...Array.from({ length: 100 }, (_, n) => `s${n}`));
      const items = at(body, 'items') as { index: { status: number; _id: string } }[];
      return items
        .filter(({ index }) => index.status === 429)
        .map(({ index: { _id: id } }) => id)
        .join(' ');
    };
    const first = await refused(1);
    assert.equal(await refused(1), first);
    assert.notEqual(await refused(2), first);
    assert.ok(Math.abs(first.split(' ').length - 30) < 15);
  });

  test('an item fault waits for a bulk request', async () => {
    await arm({ on: 'any', fault: { kind: 'item', status: 429 } });
    await server.ask('GET', '/');
    const { body } = await bulk('a');
    assert.equal(at(body, 'items.0.index.status'), 429);
  });

  test('a held request is answered when the faults are disarmed', async () => {
    await arm({ on: 'doc', fault: { kind: 'hold' } });
    const waiting = server.ask('PUT', '/faulty/_doc/held', {});
    while ((await held()) !== 1);
    await server.ask('DELETE', '/_sim/faults');
    assert.equal((await waiting).status, 201);
    assert.equal(await held(), 0);
  });

  test('a slow answer comes late', async () => {
    await arm({ on: 'info', fault: { kind: 'slow', delayMs: 50 } });
    const startedMs = performance.now();
    assert.equal((await server.ask('GET', '/')).status, 200);
    assert.ok(performance.now() - startedMs >= 49);
  });

  test('what is armed is shown with what it has seen', async () => {
    await arm({ on: 'search', after: 2, times: null, fault: { kind: 'reset' } });
    await server.ask('GET', '/_search');
    const { body } = await server.ask('GET', '/_sim/faults');
    assert.deepEqual(body, {
      armed: [{ on: 'search', after: 2, times: null, fault: { kind: 'reset' }, seen: 1, hits: 0 }],
      held: 0,
    });
  });
});

describe('control requests that make no sense', () => {
  const server = useStandIn();

  for (const [method, path, body, message] of [
    [
      'GET',
      'nope',
      undefined,
      'no control GET /_sim/nope; there are documents, counters, clock, lifecycle, tasks, faults, transforms',
    ],
    ['GET', 'documents', undefined, 'documents: the parameter target is missing'],
    ['POST', 'clock', '{', 'the body is no JSON'],
    ['POST', 'clock', {}, 'clock: give one of advanceMs, nowMs, offsetMs, real'],
    [
      'POST',
      'clock',
      { now: 1 },
      'clock: unknown field now; known are advanceMs, nowMs, offsetMs, real',
    ],
    ['POST', 'clock', { nowMs: '1' }, 'clock: nowMs is a whole number'],
    ['POST', 'faults', { on: 'bulk' }, 'faults: fault is missing'],
    [
      'POST',
      'faults',
      { on: 'bulk', fault: { kind: 'nope' } },
      'faults: kind is one of cut, hold, item, reset, slow, status',
    ],
    [
      'POST',
      'faults',
      { on: 'bulk', fault: { kind: 'slow' } },
      'faults: a fault of kind slow needs delayMs',
    ],
  ] as const) {
    test(`${method} ${path} ${JSON.stringify(body) ?? ''} is told what is wrong`, async () => {
      const answered = await server.ask(method, `/_sim/${path}`, body);
      assert.deepEqual(answered.body, { error: message });
      assert.ok(answered.status === 400 || answered.status === 404);
    });
  }

  test('an unknown API to fail is answered with the known ones', async () => {
    const { body } = await server.ask('POST', '/_sim/faults', {
      on: 'nope',
      fault: { kind: 'reset' },
    });
    assert.match(String(at(body, 'error')), /^faults: on is one of any, .*bulk/);
  });
});
