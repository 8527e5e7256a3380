import assert from 'node:assert/strict';
import { before, describe } from 'node:test';

import {
  type Answered,
  at,
  hits,
} from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { contract, eventually, refused, useServer } from './server-under-contract.ts';

const LONG_AGO = '2000-01-01T00:00:00Z';

// Each test waits for its own transform most of the time.
describe('contract: transforms that keep the latest', { concurrency: 4 }, () => {
  const server = useServer();

  before(async () => {
    await server.must('PUT', `/_ingest/pipeline/${server.name('stamp')}`, {
      processors: [{ set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } }],
    });
    const properties = {
      id: { type: 'keyword' },
      event: { properties: { created: { type: 'date' }, ingested: { type: 'date' } } },
      deleted_at: { type: 'date' },
    };
    await server.must('PUT', `/_index_template/${server.name('sources')}`, {
      index_patterns: [`logs-${server.name('*')}`],
      priority: 200,
      data_stream: {},
      template: {
        settings: {
          number_of_replicas: 0,
          default_pipeline: '_none',
          final_pipeline: server.name('stamp'),
        },
        mappings: { properties },
      },
    });
    await server.must('PUT', `/_index_template/${server.name('dest')}`, {
      index_patterns: [server.name('dest-*')],
      priority: 240,
      template: { settings: { number_of_replicas: 0 }, mappings: { properties } },
    });
  });

  /** A data stream, a destination and a transform between them, with their own names. */
  const line = async (short: string): Promise<Line> => {
    const stream = server.stream(short);
    const dest = server.name(`dest-${short}`);
    const path = `/_transform/${server.id(short)}`;
    await server.must('PUT', `/_data_stream/${stream}`);
    return {
      stream,
      dest,
      path,
      put: (changes = {}) =>
        server.ask('PUT', path, {
          source: { index: [stream] },
          dest: { index: dest },
          latest: { unique_key: ['id'], sort: 'event.created' },
          sync: { time: { field: 'event.ingested', delay: '1s' } },
          frequency: '1s',
          retention_policy: { time: { field: 'deleted_at', max_age: '1m' } },
          settings: { num_failure_retries: -1 },
          _meta: { managed_by: 'contract' },
          ...changes,
        }),
      write: async (...documents) => {
        const lines = documents.flatMap(({ hour, ...rest }) => [
          { create: {} },
          { '@timestamp': LONG_AGO, event: { created: hourOf(hour) }, ...rest },
        ]);
        const body = await server.must('POST', `/${stream}/_bulk?refresh=true`, lines);
        assert.equal(at(body, 'errors'), false);
      },
      latest: async () => {
        const { body } = await server.ask('POST', `/${dest}/_search?ignore_unavailable=true`, {
          size: 100,
        });
        return Object.fromEntries(
          hits(body, '_source').map((source) => [
            String(at(source, 'id')),
            at(source, 'event.created'),
          ]),
        ) as Record<string, unknown>;
      },
      state: async () => at((await server.ask('GET', `${path}/_stats`)).body, 'transforms.0.state'),
    };
  };

  contract('a transform is created, read, updated and deleted', [], async () => {
    const { path, put, stream, dest } = await line('crud');
    assert.deepEqual((await put()).body, { acknowledged: true });
    const read = await server.ask('GET', path);
    assert.partialDeepStrictEqual(at(read.body, 'transforms.0'), {
      id: server.id('crud'),
      source: { index: [stream], query: { match_all: {} } },
      dest: { index: dest },
      frequency: '1s',
      sync: { time: { field: 'event.ingested', delay: '1s' } },
      latest: { unique_key: ['id'], sort: 'event.created' },
      settings: { num_failure_retries: -1 },
      retention_policy: { time: { field: 'deleted_at', max_age: '1m' } },
      _meta: { managed_by: 'contract' },
    });
    assert.deepEqual(refused(await put()), [400, 'resource_already_exists_exception']);
    const changed = await server.ask('POST', `${path}/_update`, {
      _meta: { other: 1 },
      settings: { max_page_search_size: 100 },
      retention_policy: null,
    });
    assert.equal(changed.status, 200);
    assert.equal(at(changed.body, 'id'), server.id('crud'));
    assert.deepEqual(at(changed.body, '_meta'), { other: 1 });
    assert.deepEqual(at(changed.body, 'settings'), {
      max_page_search_size: 100,
      num_failure_retries: -1,
    });
    assert.equal(at(changed.body, 'retention_policy'), undefined);
    assert.deepEqual((await server.ask('DELETE', path)).body, { acknowledged: true });
    assert.equal((await server.ask('GET', path)).status, 404);
    assert.deepEqual((await server.ask('GET', `${path}*`)).body, { count: 0, transforms: [] });
  });

  contract('latest and unknown fields are refused in an update', [], async () => {
    const { path, put } = await line('strict');
    await put();
    for (const body of [{ latest: { unique_key: ['x'], sort: 'y' } }, { unknown: 1 }]) {
      const answered = await server.ask('POST', `${path}/_update`, body);
      assert.deepEqual(refused(answered), [400, 'x_content_parse_exception']);
      assert.match(answered.text, /\[data_frame_transform_config_update\] unknown field/);
    }
    assert.deepEqual(refused(await (await line('wrong')).put({ nope: 1 })), [
      400,
      'x_content_parse_exception',
    ]);
  });

  contract(
    'a transform needs an existing source, unless the validation is deferred',
    [],
    async () => {
      const { path, put } = await line('deferred');
      const source = { index: [server.name('none')] };
      const answered = await put({ source });
      assert.deepEqual(refused(answered), [400, 'validation_exception']);
      const deferred = await server.ask('PUT', `${path}?defer_validation=true`, {
        source,
        dest: { index: server.name('dest-deferred') },
        latest: { unique_key: ['id'], sort: 'event.created' },
      });
      assert.equal(deferred.status, 200);
    },
  );

  contract('latest is empty before the delay and filled after it', [], async () => {
    const { put, path, write, latest, state } = await line('fills');
    await put();
    assert.equal(await state(), 'stopped');
    await server.must('POST', `${path}/_start`);
    await write({ id: 'a', hour: 1 }, { id: 'b', hour: 2 });
    assert.deepEqual(await latest(), {});
    await eventually(async () => Object.keys(await latest()).length === 2);
    assert.deepEqual(await latest(), { a: hourOf(1), b: hourOf(2) });
    assert.match(String(await state()), /^(?:started|indexing)$/);
  });

  contract('the statistics of a transform show its progress', [], async () => {
    const { put, path, write, latest } = await line('stats');
    await put();
    const before = await server.ask('GET', `${path}/_stats`);
    assert.partialDeepStrictEqual(before.body, {
      count: 1,
      transforms: [
        {
          id: server.id('stats'),
          state: 'stopped',
          checkpointing: { last: { checkpoint: 0 } },
          health: { status: 'green' },
        },
      ],
    });
    await server.must('POST', `${path}/_start`);
    await write({ id: 'a', hour: 1 });
    const writtenMs = Date.now();
    await eventually(async () => 'a' in (await latest()));
    const bound = async (): Promise<number> => {
      const { body } = await server.ask('GET', `${path}/_stats`);
      return Number(at(body, 'transforms.0.checkpointing.last.time_upper_bound_millis') ?? 0);
    };
    await eventually(async () => (await bound()) > writtenMs - 60_000);
    const { body } = await server.ask('GET', `${path}/_stats`);
    const shown = at(body, 'transforms.0');
    assert.ok(Number(at(shown, 'checkpointing.last.checkpoint')) >= 1);
    assert.ok(Number(at(shown, 'checkpointing.last.timestamp_millis')) >= (await bound()));
    assert.equal(at(shown, 'stats.documents_indexed'), 1);
    assert.equal(at(shown, 'stats.documents_deleted'), 0);
  });

  contract('the newest document of a key is kept, in any order of arrival', [], async () => {
    const { put, path, write, latest } = await line('newest');
    await put();
    await write({ id: 'a', hour: 3 }, { id: 'a', hour: 5 }, { id: 'a', hour: 4 });
    await server.must('POST', `${path}/_start`);
    await eventually(async () => 'a' in (await latest()));
    assert.deepEqual(await latest(), { a: hourOf(5) });
    await write({ id: 'a', hour: 6 });
    await eventually(async () => (await latest())['a'] === hourOf(6));
  });

  contract(
    'a late document with an older date changes nothing',
    ['transform-late-documents'],
    async () => {
      const { put, path, write, latest } = await line('late');
      await put();
      await server.must('POST', `${path}/_start`);
      await write({ id: 'a', hour: 5 });
      await eventually(async () => 'a' in (await latest()));
      await write({ id: 'a', hour: 3 }, { id: 'seen', hour: 1 });
      await eventually(async () => 'seen' in (await latest()));
      assert.deepEqual(await latest(), { a: hourOf(5), seen: hourOf(1) });
    },
  );

  contract('a tombstone removes its document and itself', [], async () => {
    const { put, path, write, latest } = await line('tombstone');
    await put();
    await server.must('POST', `${path}/_start`);
    await write({ id: 'a', hour: 1 }, { id: 'b', hour: 1 });
    await eventually(async () => Object.keys(await latest()).length === 2);
    await write({ id: 'a', hour: 2, deleted_at: LONG_AGO });
    await eventually(async () => !('a' in (await latest())));
    assert.deepEqual(await latest(), { b: hourOf(1) });
    await write({ id: 'a', hour: 3 });
    await eventually(async () => 'a' in (await latest()));
  });

  contract('the query of a transform excludes documents', [], async () => {
    const { put, path, write, latest, stream } = await line('query');
    await put({ source: { index: [stream], query: { exists: { field: 'id' } } } });
    await server.must('POST', `${path}/_start`);
    await write({ hour: 9 }, { id: 'a', hour: 1 });
    await eventually(async () => 'a' in (await latest()));
    assert.deepEqual(Object.keys(await latest()), ['a']);
  });

  contract(
    'the start of a transform creates the destination by its template and moves the alias to it',
    [],
    async () => {
      const { put, path, dest } = await line('alias');
      const alias = server.name('latest');
      await server.must('PUT', `/${server.name('before')}`, { aliases: { [alias]: {} } });
      await put({ dest: { index: dest, aliases: [{ alias, move_on_creation: true }] } });
      assert.equal((await server.ask('HEAD', `/${dest}`)).status, 404);
      await server.must('POST', `${path}/_start`);
      assert.deepEqual((await server.ask('GET', `/_alias/${alias}`)).body, {
        [dest]: { aliases: { [alias]: {} } },
      });
      const { body } = await server.ask('GET', `/${dest}/_mapping`);
      const mappings = at((body as Record<string, unknown>)[dest], 'mappings');
      assert.deepEqual(at(mappings, 'properties.deleted_at'), { type: 'date' });
      assert.equal(at(mappings, '_meta.created_by'), 'transform');
    },
  );

  contract('a second start of a transform is refused, because it runs already', [], async () => {
    const { put, path, state } = await line('twice');
    await put();
    await server.must('POST', `${path}/_start`);
    const again = await server.ask('POST', `${path}/_start`);
    assert.equal(again.status, 409);
    assert.match(again.text, /Cannot start transform \[.*\] as it is already started/);
    assert.equal((await server.ask('DELETE', path)).status, 409);
    await server.must('POST', `${path}/_stop?wait_for_completion=true`);
    assert.equal(await state(), 'stopped');
    await server.must('POST', `${path}/_stop`);
    await server.must('POST', `${path}/_start`);
    await server.must('DELETE', `${path}?force=true`);
  });

  contract('a missing transform cannot be started or stopped', [], async () => {
    const none = `/_transform/${server.id('none')}`;
    for (const action of ['_start', '_stop', '_schedule_now']) {
      assert.deepEqual(refused(await server.ask('POST', `${none}/${action}`)), [
        404,
        'resource_not_found_exception',
      ]);
    }
    assert.equal((await server.ask('POST', `${none}*/_stop`)).status, 200);
  });

  contract('a missing transform has no statistics', ['transform-rules'], async () => {
    const { status, body } = await server.ask('GET', `/_transform/${server.id('none')}/_stats`);
    assert.deepEqual([status, body], [200, { count: 0, transforms: [] }]);
  });

  contract(
    'force and waiting for a checkpoint do not go together',
    ['transform-rules'],
    async () => {
      const { put, path } = await line('force');
      await put();
      const answered = await server.ask(
        'POST',
        `${path}/_stop?force=true&wait_for_checkpoint=true`,
      );
      assert.equal(answered.status, 400);
      assert.match(answered.text, /cannot set both \[force\] and \[wait_for_checkpoint\] to true/);
    },
  );

  contract('a start with `from` excludes older documents', ['transform-rules'], async () => {
    const { put, path, write, latest } = await line('from');
    await put();
    await write({ id: 'a', hour: 1 });
    await server.must('POST', `${path}/_start?from=now%2B1h`);
    await eventually(async () => {
      const { body } = await server.ask('GET', `${path}/_stats`);
      return Number(at(body, 'transforms.0.checkpointing.last.checkpoint')) >= 1;
    });
    assert.deepEqual(await latest(), {});
  });

  contract(
    'a document that becomes searchable too late is not seen',
    ['transform-refresh'],
    async () => {
      const { put, path, write, latest, stream } = await line('unseen');
      const settings = { refresh_interval: '-1' };
      await server.must('PUT', `/${stream}/_settings`, settings);
      await put();
      await server.must('POST', `${path}/_start`);
      const document = { '@timestamp': LONG_AGO, id: 'hidden', event: { created: hourOf(1) } };
      await server.must('POST', `/${stream}/_bulk`, [{ create: {} }, document]);
      const other = server.stream('unseen-other');
      await server.must('PUT', `/_data_stream/${other}`);
      await server.must('POST', `${path}/_update`, { source: { index: [stream, other] } });
      const seen = { '@timestamp': LONG_AGO, id: 'seen', event: { created: hourOf(1) } };
      await server.must('POST', `/${other}/_bulk?refresh=true`, [{ create: {} }, seen]);
      await eventually(async () => 'seen' in (await latest()));
      await write({ id: 'last', hour: 1 });
      await eventually(async () => 'last' in (await latest()));
      assert.deepEqual(Object.keys(await latest()).toSorted(), ['last', 'seen']);
    },
  );

  contract('a reset deletes the destination of a transform', ['transform-reset'], async () => {
    const { put, path, dest } = await line('reset');
    await put();
    await server.must('POST', `${path}/_start`);
    assert.equal((await server.ask('POST', `${path}/_reset`)).status, 409);
    await server.must('POST', `${path}/_reset?force=true`);
    assert.equal((await server.ask('HEAD', `/${dest}`)).status, 404);
    const { body } = await server.ask('GET', `${path}/_stats`);
    assert.equal(at(body, 'transforms.0.checkpointing.last.checkpoint'), 0);
  });
});

interface Line {
  readonly stream: string;
  readonly dest: string;
  readonly path: string;
  readonly put: (changes?: Record<string, unknown>) => Promise<Answered>;
  readonly write: (...documents: readonly Entry[]) => Promise<void>;
  /** `event.created` by key. */
  readonly latest: () => Promise<Record<string, unknown>>;
  readonly state: () => Promise<unknown>;
}

type Entry = { readonly id?: string; readonly hour: number } & Record<string, unknown>;

function hourOf(hour: number): string {
  return new Date(Date.UTC(2026, 10, 1, hour)).toISOString();
}
