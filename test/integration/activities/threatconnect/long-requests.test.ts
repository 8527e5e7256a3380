import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SourceBadRequestError, SourceContractError } from '../../../../contracts/errors.ts';
import {
  QUERY_CHARACTERS,
  requestTarget,
} from '../../../../activities/threatconnect/request-target.ts';
import { ThreatConnect } from '../../../../activities/threatconnect/threatconnect.ts';
import { EVERYTHING, type Selection } from '../../../../activities/threatconnect/tql.ts';
import { stage, type Stage } from '../../../stage.ts';
import { errorOf } from './tiny-source.ts';

const { signal } = new AbortController();
/** More owners and types than a request line can hold. */
const MANY = Array.from(
  { length: 3_000 },
  (_, index) => `Nobody’s “Owner” ${index} & Söhne + 100 %`,
);
const DEEP = Array.from({ length: 400 }, (_, index) => `associatedGroups.attributes.step${index}`);

describe('requests of any length', () => {
  let set: Stage;
  let source: ThreatConnect;
  let ownerNames: string[] = [];
  before(async () => {
    set = await stage({ records: 300, switches: { deepFields: 'omit', unknownFields: 'ignore' } });
    ({ source } = set.deps);
    ownerNames = (await source.owners(signal)).map(({ name }) => name);
  });
  after(() => set.close());

  async function idsOf(selection: Selection, fields: readonly string[] = []): Promise<string[]> {
    const ids: string[] = [];
    for (let start = 0; ; start += 100) {
      const { hasNext } = await source.page(
        selection,
        { fields, limit: 100, start },
        async (records) => {
          for (const { text } of records) ids.push(/"id":(\d+)/.exec(text)?.[1] ?? '');
        },
        signal,
      );
      if (!hasNext) return ids;
    }
  }

  async function refused(): Promise<number> {
    const { requests } = await set.source.get<{ requests: Record<string, number> }>(
      '/_sim/counters',
    );
    return (requests.other ?? 0) + (requests.rejectedAuth ?? 0);
  }

  const lists: readonly (readonly [string, (names: string[]) => Selection])[] = [
    ['owners by name', (names) => ({ ...EVERYTHING, owners: [...MANY, ...names] })],
    [
      'owners by id',
      () => ({
        ...EVERYTHING,
        ownerIds: Array.from({ length: 20_000 }, (_, index) => String(index)),
      }),
    ],
    ['types', () => ({ ...EVERYTHING, types: [...MANY, 'Address', 'Host', 'URL'] })],
    [
      'a filter',
      () => ({
        ...EVERYTHING,
        tql: `rating >= 0 AND (${'confidence >= 0 OR '.repeat(3_000)}id > 0)`,
      }),
    ],
    [
      'ids',
      () => ({
        ...EVERYTHING,
        tql: `id IN (${Array.from({ length: 10_000 }, (_, index) => 100_000_000 + index).join(', ')})`,
      }),
    ],
  ];
  for (const [what, toSelection] of lists) {
    test(`a long list of ${what} is counted and read like a short one`, async () => {
      const selection = toSelection(ownerNames);
      const ids = await idsOf(selection);
      assert.equal(await source.count(selection, signal), ids.length);
      assert.equal(new Set(ids).size, ids.length);
      if (what === 'owners by name') assert.deepEqual(ids, await idsOf(EVERYTHING));
      if (what === 'types') {
        assert.deepEqual(ids, await idsOf({ ...EVERYTHING, types: ['Address', 'Host', 'URL'] }));
      }
      assert.equal(await refused(), 0);
    });
  }

  test('associations are read with any number of fields', async () => {
    const [id = ''] = await idsOf(EVERYTHING);
    const read = async (fields: readonly string[]) => {
      const groups: string[] = [];
      const page = { list: 'groups', id, fields, limit: 10, afterId: null, start: 0 } as const;
      const each = async (records: { text: string }[]) => {
        groups.push(...records.map(({ text }) => /"id":(\d+)/.exec(text)?.[1] ?? ''));
      };
      await source.associated(page, each, signal);
      return groups;
    };
    assert.deepEqual(await read(DEEP), await read([]));
    assert.equal(await refused(), 0);
  });

  test('records are requested with any number of fields, in the order of the page', async () => {
    assert.deepEqual(await idsOf(EVERYTHING, ['tags', ...DEEP]), await idsOf(EVERYTHING));
  });

  test('only a query of 2,000 characters or more goes into the body', async () => {
    const rest = requestTarget('', [
      ['tql', 'ownerName IN ("")'],
      ['resultLimit', '1'],
      ['count', 'true'],
    ]).length;
    for (const [characters, isInLine] of [
      [QUERY_CHARACTERS - 1, true],
      [QUERY_CHARACTERS, false],
    ] as const) {
      await set.source.post('/_sim/counters/reset');
      await source.count({ ...EVERYTHING, owners: ['x'.repeat(characters - rest + 1)] }, signal);
      const { log } = await set.source.get<{ log: { target: string }[] }>('/_sim/counters');
      const target = log.at(-1)?.target ?? '';
      assert.equal(target.length, '/api/v3/indicators'.length + (isInLine ? characters + 1 : 0));
    }
  });

  test('a proxy that drops the body of a GET is reported, and no record of its answer is used', async () => {
    await set.source.post('/_sim/switches', { getBody: 'drop' });
    const fresh = new ThreatConnect({ ...set.config.source, maxBodyBytes: 1024 * 1024 });
    try {
      const long = { ...EVERYTHING, owners: MANY };
      for (const asked of [
        fresh.count(long, signal),
        fresh.page(long, { fields: [], limit: 10 }, () => assert.fail('a record'), signal),
      ]) {
        const error = await errorOf(asked);
        assert.equal(error.constructor, SourceBadRequestError);
        assert.match(error.message, /body of the request does not arrive, a proxy drops it/);
      }
    } finally {
      await fresh.close();
      await set.source.post('/_sim/switches', { getBody: 'read' });
    }
  });
});

test('long requests also work with a token, which signs nothing', async () => {
  const set = await stage({ records: 20, credentials: { apiToken: 'APIV2:1:token' } });
  const source = new ThreatConnect({
    ...set.config.source,
    credentials: { scheme: 'token', token: { reveal: () => 'APIV2:1:token' } },
  });
  try {
    assert.equal(await source.count({ ...EVERYTHING, types: MANY }, signal), 0);
  } finally {
    await source.close();
    await set.close();
  }
});

describe('a count that is missing', () => {
  let set: Stage;
  before(async () => {
    set = await stage({ records: 1 });
  });
  after(() => set.close());

  for (const [body, count] of [
    ['{"data":[],"status":"Success"}', 0],
    ['{"data":null,"status":"Success"}', 0],
    ['{"status":"Success"}', 0],
    ['{"next":null,"data":[],"count":null,"status":"Success"}', 0],
    ['{"next":"","data":[{"id":1}],"status":"Success"}', 1],
    ['{"data":[{"id":1},{"id":2}],"status":"Success"}', 2],
    ['{"data":[],"count":7,"status":"Success"}', 7],
    ['{"next":"https://tc.example/api/v3/indicators","data":[{"id":1}],"status":"Success"}', null],
    ['{"data":[],"count":"7","status":"Success"}', null],
  ] as const) {
    test(`${body} counts ${count ?? 'nothing, and is a broken contract'}`, async () => {
      const fault = { kind: 'status', status: 200, contentType: 'application/json', body };
      await set.source.post('/_sim/faults', { on: 'count', times: 1, fault });
      const answer = set.deps.source.count(EVERYTHING, signal);
      if (count !== null) assert.equal(await answer, count);
      else assert.equal((await errorOf(answer)).constructor, SourceContractError);
    });
  }
});
