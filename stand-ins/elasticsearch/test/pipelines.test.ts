import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { at, refusal, useElasticsearch } from './elasticsearch-under-test.ts';

describe('pipelines, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const pipeline = server.name('pipeline');
  const index = server.name('piped');
  const put = (name: string, body: unknown): ReturnType<typeof server.ask> =>
    server.ask('PUT', `/_ingest/pipeline/${server.name(name)}`, body);

  before(async () => {
    await server.ask('PUT', `/${index}`, {
      settings: { number_of_replicas: 0 },
      mappings: { dynamic: false },
    });
  });

  test('a pipeline comes back as it was put', async () => {
    const body = {
      processors: [
        { set: { field: 'a', value: '{{{b}}}-{{{c.d}}}' } },
        { set: { field: 'q.r', value: 7 } },
        { set: { field: 'copy', copy_from: 'c' } },
        { set: { field: 'keep', value: 1, override: false } },
        { set: { field: 'empty', value: '{{{nope}}}', ignore_empty_value: true } },
        { remove: { field: ['rm', 'rm2.x'], ignore_missing: true } },
      ],
      description: 'd',
      version: 4,
      _meta: { a: 1 },
    };
    assert.deepEqual((await put('pipeline', body)).body, { acknowledged: true });
    assert.deepEqual((await server.ask('GET', `/_ingest/pipeline/${pipeline}`)).body, {
      [pipeline]: body,
    });
  });

  test('its steps are carried out in order', async () => {
    await server.ask('PUT', `/${index}/_doc/1?pipeline=${pipeline}`, {
      b: '<B>',
      c: { d: 'x' },
      keep: 9,
      rm: 1,
      rm2: { x: 1, y: 2 },
    });
    const { body } = await server.ask('GET', `/${index}/_source/1`);
    assert.deepEqual(body, {
      a: '<B>-x',
      b: '<B>',
      c: { d: 'x' },
      q: { r: 7 },
      copy: { d: 'x' },
      keep: 9,
      rm2: { y: 2 },
    });
  });

  test('a step that fails refuses the document and is named in the headers', async () => {
    const { status, body, headers } = await server.ask(
      'PUT',
      `/${index}/_doc/2?pipeline=${pipeline}`,
      { b: 1 },
    );
    assert.equal(status, 400);
    assert.deepEqual(
      body,
      refusal(400, 'illegal_argument_exception', 'field [c] not present as part of path [c]'),
    );
    assert.deepEqual([headers['pipeline_origin'], headers['processor_type']], [pipeline, 'set']);
  });

  for (const [event, reason] of [
    [
      '"text"',
      'cannot set [ingested] with parent object of type [java.lang.String] as part of path [event.ingested]',
    ],
    ['null', 'cannot set [ingested] with null parent as part of path [event.ingested]'],
    [
      '7',
      'cannot set [ingested] with parent object of type [java.lang.Integer] as part of path [event.ingested]',
    ],
  ] as const) {
    test(`nothing can be set below ${event}`, async () => {
      await put('stamp', {
        processors: [{ set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } }],
      });
      const path = `/${index}/_doc/3?pipeline=${server.name('stamp')}`;
      const { body } = await server.ask('PUT', path, `{"event":${event}}`);
      assert.deepEqual(body, refusal(400, 'illegal_argument_exception', reason));
    });
  }

  test('the time of arrival replaces what the document brought', async () => {
    await put('stamp', {
      processors: [{ set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } }],
    });
    await server.ask('PUT', `/${index}/_doc/4?pipeline=${server.name('stamp')}`, {
      event: { id: 'x', ingested: 'old' },
    });
    const { body } = await server.ask('GET', `/${index}/_source/4`);
    assert.equal(at(body, 'event.id'), 'x');
    assert.match(String(at(body, 'event.ingested')), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z$/);
  });

  test('a pipeline may send a document to another index and id', async () => {
    const other = server.name('other');
    await put('move', {
      processors: [
        { set: { field: '_index', value: other } },
        { set: { field: '_id', value: 'moved' } },
      ],
    });
    const { body } = await server.ask(
      'PUT',
      `/${index}/_doc/5?pipeline=${server.name('move')}`,
      {},
    );
    assert.partialDeepStrictEqual(body, { _index: other, _id: 'moved', result: 'created' });
  });

  for (const [what, body, reason, more] of [
    [
      'an unknown processor',
      { processors: [{ nope: {} }] },
      'No processor type exists with name [nope]',
      { processor_type: 'nope' },
    ],
    [
      'a step without field',
      { processors: [{ set: {} }] },
      '[field] required property is missing',
      { property_name: 'field', processor_type: 'set' },
    ],
    [
      'a step without value',
      { processors: [{ set: { field: 'a' } }] },
      '[value] required property is missing',
      { property_name: 'value', processor_type: 'set' },
    ],
    [
      'an unknown option',
      { processors: [{ set: { field: 'a', value: 1, nope: 2 } }] },
      "processor [set] doesn't support one or more provided configuration parameters [nope]",
      { processor_type: 'set' },
    ],
    [
      'two sources',
      { processors: [{ set: { field: 'a', value: 1, copy_from: 'b' } }] },
      '[copy_from] cannot be given together with [value]',
      { property_name: 'copy_from', processor_type: 'set' },
    ],
    [
      'no list',
      { processors: {} },
      "[processors] property isn't a list, but of type [java.util.HashMap]",
      { property_name: 'processors' },
    ],
    [
      'no processors',
      { nope: [] },
      '[processors] required property is missing',
      { property_name: 'processors' },
    ],
  ] as const) {
    test(`a pipeline with ${what} is refused`, async () => {
      assert.deepEqual(
        (await put('bad', body)).body,
        refusal(400, 'parse_exception', reason, more),
      );
    });
  }

  test('a pipeline without a body is refused', async () => {
    assert.deepEqual(
      (await server.ask('PUT', `/_ingest/pipeline/${server.name('bad')}`)).body,
      refusal(400, 'parse_exception', 'request body or source parameter is required'),
    );
  });

  test('a pipeline that is not there is an empty answer', async () => {
    const none = server.name('none');
    const { status, body } = await server.ask('GET', `/_ingest/pipeline/${none}`);
    assert.deepEqual([status, body], [404, {}]);
    assert.deepEqual(
      (await server.ask('DELETE', `/_ingest/pipeline/${none}`)).body,
      refusal(404, 'resource_not_found_exception', `pipeline [${none}] is missing`),
    );
  });

  test('an older version does not replace a newer one when the version is required', async () => {
    const { body } = await server.ask('PUT', `/_ingest/pipeline/${pipeline}?if_version=3`, {
      processors: [],
    });
    assert.deepEqual(
      body,
      refusal(
        400,
        'illegal_argument_exception',
        `version conflict, required version [3] for pipeline [${pipeline}] but current version is [4]`,
      ),
    );
  });

  test('a pipeline that an index uses cannot be deleted', async () => {
    const used = server.name('used');
    await put('used', { processors: [] });
    await server.ask('PUT', `/${used}`, {
      settings: { 'index.default_pipeline': used, number_of_replicas: 0 },
    });
    assert.deepEqual(
      (await server.ask('DELETE', `/_ingest/pipeline/${used}`)).body,
      refusal(
        400,
        'illegal_argument_exception',
        `pipeline [${used}] cannot be deleted because it is the default pipeline for 1 index(es) including [${used}]`,
      ),
    );
  });

  test('an index may name a pipeline that is not there; its writes are refused', async () => {
    const lost = server.name('lost');
    await server.ask('PUT', `/${lost}`, { settings: { 'index.final_pipeline': `${lost}-final` } });
    assert.deepEqual(
      (await server.ask('PUT', `/${lost}/_doc/1`, {})).body,
      refusal(400, 'illegal_argument_exception', `pipeline with id [${lost}-final] does not exist`),
    );
  });

  test('a pipeline can be tried out', async () => {
    const { body } = await server.ask(
      'POST',
      `/_ingest/pipeline/${server.name('stamp')}/_simulate`,
      {
        docs: [{ _source: { a: 1 } }],
      },
    );
    const timestamp = at(body, 'docs.0.doc._ingest.timestamp');
    assert.deepEqual(body, {
      docs: [
        {
          doc: {
            _id: '_id',
            _index: '_index',
            _version: '-3',
            _source: { a: 1, event: { ingested: timestamp } },
            _ingest: { timestamp },
          },
        },
      ],
    });
  });
});
