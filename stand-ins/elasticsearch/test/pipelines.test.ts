import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { type Answered, at, useElasticsearch } from './elasticsearch-under-test.ts';

describe('pipelines, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const index = server.name('piped');
  const put = (id: string, ...steps: object[]): Promise<Answered> =>
    server.ask('PUT', `/_ingest/pipeline/${server.name(id)}`, {
      processors: steps.map((set) => ({ set })),
    });
  const send = async (text: string): Promise<Answered> => {
    await server.ask('PUT', `/${index}/_doc/1`, text);
    return server.ask('GET', `/${index}/_doc/1`);
  };

  before(async () => {
    await put('final', { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' });
    await put(
      'default',
      { field: 'kept', value: 1, override: false },
      { field: 'a.b.c', value: 'x' },
    );
    await server.ask('PUT', `/${index}`, {
      settings: {
        'index.default_pipeline': server.name('default'),
        'index.final_pipeline': server.name('final'),
      },
      mappings: { dynamic: false },
    });
  });

  for (const [given, found] of [
    ['{}', { a: { b: { c: 'x' } }, kept: 1 }],
    ['{"kept":2,"a":{"b":{"c":[1]}}}', { a: { b: { c: 'x' } }, kept: 2 }],
    ['{ "kept" : null, "a" : { "b" : { } } }', { a: { b: { c: 'x' } }, kept: 1 }],
    [
      '{"q":"}{\\"","a":{"z":["]"],"b":{"d":{}}}}',
      { a: { z: [']'], b: { c: 'x', d: {} } }, q: '}{"', kept: 1 },
    ],
  ] as const) {
    test(`${given} goes through both pipelines`, async () => {
      const { event, ...rest } = at((await send(given)).body, '_source') as Record<string, unknown>;
      assert.deepEqual(rest, found);
      assert.match(String(at(event, 'ingested')), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z$/);
    });
  }

  test('integers beyond 2^53 and decimals stay as they were sent', async () => {
    const { text } = await send('{"n":[9007199254740993,1.0]}');
    assert.ok(text.includes('"n":[9007199254740993,1.0]'), text);
  });

  for (const event of ['"text"', 'null', '7', '[]']) {
    test(`nothing can be set below ${event}`, async () => {
      const { status } = await server.ask('PUT', `/${index}/_doc/2`, `{"event":${event}}`);
      assert.equal(status, 400);
    });
  }

  test('an index may name a missing pipeline; its writes are refused', async () => {
    const name = server.name('missing-pipeline');
    const settings = { 'index.final_pipeline': server.name('none') };
    assert.equal((await server.ask('PUT', `/${name}`, { settings })).status, 200);
    assert.equal((await server.ask('PUT', `/${name}/_doc/1`, {})).status, 400);
  });

  for (const set of [{ value: 1 }, { field: 'a' }, { field: 'a', value: 1, nope: 1 }]) {
    test(`a pipeline with ${JSON.stringify(set)} is refused`, async () => {
      assert.equal((await put('wrong', set)).status, 400);
    });
  }
});
