import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { idsOf, startUnderTest, type UnderTest } from './threatconnect-under-test.ts';

const RECORDS = 250;

/** Keys that each value of `fields` may add, with the line that says so. */
const FIELDS: readonly [string, readonly string[]][] = [
  ['attributes', ['attributes']],
  ['externalDates', ['externalDateAdded', 'externalDateExpires', 'externalLastModified']],
  ['falsePositives', ['falsePositives', 'lastFalsePositive', 'falsePositiveReportedByUser']],
  ['fileActions', ['fileActions']],
  ['genericCustomIndicatorValues', ['value1', 'value2', 'value3']],
  ['observations', ['observations', 'lastObserved']],
  ['securityLabels', ['securityLabels']],
  ['sightings', ['firstSeen', 'lastSeen']],
  ['tags', ['tags']],
  [
    'threatAssess',
    [
      'threatAssessRating',
      'threatAssessConfidence',
      'threatAssessScore',
      'threatAssessScoreObserved',
      'threatAssessScoreFalsePositive',
      'calScore',
    ],
  ],
  ['trackedUsers', ['trackedUsers']],
];

describe('paging and parameters of the ThreatConnect stand-in', () => {
  let server: UnderTest;
  before(async () => {
    server = await startUnderTest({ records: RECORDS });
  });
  after(() => server.close());

  async function withSwitches<T>(switches: object, ask: () => Promise<T>): Promise<T> {
    const kept = await server.control.get<object>('/_sim/switches');
    await server.control.post('/_sim/switches', switches);
    try {
      return await ask();
    } finally {
      await server.control.post('/_sim/switches', kept);
    }
  }

  /** Line, switches, parameters, status, records on the page. */
  const LIMITS = [
    ['2.1 "resultLimit page size 100"', {}, {}, 200, 100],
    [
      '2.1 "maximum 10000"',
      {},
      { resultLimit: 10_000, tql: 'id > 0 AND indicatorActive in (1)' },
      400,
      0,
    ],
    ['2.1 "resultLimit above 10000 … 400"', {}, { resultLimit: 10_001 }, 400, 0],
    ['2.1 "or silent cap"', { overLimit: 'cap', maxLimit: 30 }, { resultLimit: 200 }, 200, 30],
    ['2.1 "negative"', {}, { resultLimit: -1 }, 400, 0],
    ['2.1 "non-numeric"', {}, { resultLimit: 'ten' }, 400, 0],
    ['2.1 "resultStart … must be integers"', {}, { resultStart: '1.5' }, 400, 0],
    ['2.2 "data: array for a list (possibly empty)"', {}, { resultStart: 5000 }, 200, 0],
    ['8. "Naming an owner that does not exist: 403"', {}, { owner: 'Nobody' }, 403, 0],
  ] as const;
  for (const [spec, switches, parameters, status, rows] of LIMITS) {
    test(`${JSON.stringify(parameters)} with ${JSON.stringify(switches)}: ${spec}`, async () => {
      const answer = await withSwitches(switches, () => server.list('indicators', parameters));
      assert.equal(answer.status, status);
      assert.equal(answer.rows.length, rows);
    });
  }

  test('a page that was capped still leads on: 2.2 "do not treat fewer than resultLimit as end"', async () => {
    await withSwitches({ overLimit: 'cap', maxLimit: 30 }, async () => {
      const { body } = await server.list('indicators', { resultLimit: 200, sorting: 'id asc' });
      assert.match(String(body['next']), /resultStart=30&resultLimit=30/);
    });
  });

  for (const list of ['indicators', 'groups', 'tags', 'indicatorAttributes', 'security/owners']) {
    test(`the envelope of ${list}: 2.2 "next first key, absent on the last page; prev only if resultStart > 0; count only with count=true and resultStart = 0"`, async () => {
      const first = await server.list(list, { resultLimit: 2, count: 'true' });
      assert.deepEqual(Object.keys(first.body), ['next', 'data', 'count', 'status']);
      const second = await server.list(list, { resultLimit: 2, resultStart: 2, count: 'true' });
      assert.deepEqual(
        Object.keys(second.body).filter((key) => key !== 'next'),
        ['data', 'prev', 'status'],
      );
      const resultStart = Number(first.body['count']) - 1;
      const last = await server.list(list, { resultLimit: 2, resultStart });
      assert.equal(last.rows.length, 1);
      assert.equal(last.body['next'], undefined);
      assert.match(String(last.body['prev']), new RegExp(`resultStart=${resultStart - 2}&`));
    });
  }

  test('prev never goes below 0: 2.2 "start 5, limit 10 gives resultStart=0"', async () => {
    const { body } = await server.list('indicators', { resultStart: 5, resultLimit: 10 });
    assert.match(String(body['prev']), /resultStart=0&/);
  });

  test('next carries the complete query: 2.2 "their filters stay in force"', async () => {
    const asked = {
      tql: 'typeName in ("Host")',
      fields: ['tags', 'attributes'],
      sorting: 'id asc',
    };
    const { body } = await server.list('indicators', { ...asked, resultLimit: 3 });
    const { searchParams } = new URL(String(body['next']));
    assert.deepEqual(searchParams.getAll('fields'), asked.fields);
    assert.equal(searchParams.get('tql'), asked.tql);
    assert.equal(searchParams.get('sorting'), asked.sorting);
  });

  test('next may name another host: open question 13 "Host in next behind a reverse proxy"', async () => {
    await withSwitches({ nextOrigin: 'https://tc.example.org' }, async () => {
      const { body } = await server.list('indicators', {});
      assert.ok(String(body['next']).startsWith('https://tc.example.org/api/v3/indicators?'));
    });
  });

  test('next may lead to an empty page: 2.2 "Whether next can lead to an empty page is not documented"', async () => {
    await withSwitches({ nextToEmptyPage: true }, async () => {
      const { body } = await server.list('indicators', { resultLimit: 1, count: 'true' });
      const resultLimit = Number(body['count']);
      const full = await server.list('indicators', { resultLimit });
      assert.match(String(full.body['next']), new RegExp(`resultStart=${resultLimit}&`));
      const empty = await server.list('indicators', { resultLimit, resultStart: resultLimit });
      assert.deepEqual([empty.status, empty.rows, empty.body['next']], [200, [], undefined]);
    });
  });

  test('without sorting the order is stable and follows no id: 2.5 "Without sorting the order is undefined"', async () => {
    const once = idsOf(await server.list('indicators', {}));
    assert.deepEqual(idsOf(await server.list('indicators', {})), once);
    assert.notDeepEqual(
      once,
      once.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)),
    );
  });

  test('ties come in an arbitrary order: 2.5 "Ties … have no defined order unless id is added"', async () => {
    const ascending = (ids: readonly string[]) =>
      ids.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const tql = 'ownerName = "Acme Feed"';
    const tied = idsOf(await server.list('indicators', { tql, sorting: 'ownerName asc' }));
    const untied = idsOf(await server.list('indicators', { tql, sorting: 'ownerName asc id asc' }));
    assert.notDeepEqual(tied, ascending(tied));
    assert.deepEqual(untied, ascending(tied));
  });

  test('milliseconds are stored and not printed: 5.3 "lastModified = "T" may match nothing and <= "T" may miss rows printed as T"', async () => {
    const { rows } = await server.list('indicators', { resultLimit: RECORDS });
    const printed = rows.map(({ lastModified }) => String(lastModified));
    const found = async (tql: string) => (await server.list('indicators', { tql })).rows.length;
    let missed = 0;
    for (const stamp of new Set(printed.slice(0, 20))) {
      assert.match(stamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      if ((await found(`lastModified = "${stamp}"`)) === 0) missed++;
      await withSwitches({ compareSeconds: true }, async () => {
        const sameSecond = printed.filter((each) => each === stamp).length;
        assert.equal(await found(`lastModified = "${stamp}"`), Math.min(sameSecond, 100));
      });
    }
    assert.ok(missed > 0);
  });

  test('a change between two pages shifts offsets: 2.2 "It is an offset link, not a cursor"', async () => {
    const second = { sorting: 'id asc', resultStart: 10, resultLimit: 10 };
    const first = await server.list('indicators', { sorting: 'id asc', resultLimit: 10 });
    const before = idsOf(await server.list('indicators', second));
    const [id] = idsOf(first);
    await server.control.post('/_sim/mutate', { changes: [{ op: 'deactivate', id }] });
    const after = idsOf(await server.list('indicators', second));
    await server.control.post('/_sim/mutate', { changes: [{ op: 'activate', id }] });
    assert.deepEqual(after.slice(0, 9), before.slice(1));
  });

  for (const [field, keys] of FIELDS) {
    test(`fields=${field} adds its keys and no other: 2.3 "Keys it adds to an indicator"`, async () => {
      const seen = async (fields: readonly string[]) => {
        const { rows } = await server.list('indicators', { fields, resultLimit: RECORDS });
        return new Set(rows.flatMap((row) => Object.keys(row)));
      };
      const added = [...(await seen([field])).difference(await seen([]))];
      assert.ok(added.length > 0);
      assert.deepEqual(
        added.filter((key) => !keys.includes(key)),
        [],
      );
    });
  }

  test('empty collections are {}, ids are bare and keys have blanks: 3.1, 3.2, 3.3', async () => {
    const asked = { fields: ['tags'], resultLimit: RECORDS };
    const { text, rows } = await server.list('indicators', asked);
    assert.match(text, /"tags":\{\}/);
    assert.match(text, /\{"id":\d{16,},/);
    assert.doesNotMatch(text, /\{"id":"/);
    assert.ok(
      rows.some((row) => 'AS Number' in row || 'User Agent String' in row || 'Key Name' in row),
    );
  });

  for (const [list, name] of [
    ['indicators', 'associatedGroups'],
    ['groups', 'associatedIndicators'],
  ] as const) {
    test(`OPTIONS /v3/${list}/fields and /tql describe it: 2.1 "describe an instance"`, async () => {
      const fields = await server.ask(`/api/v3/${list}/fields`, { method: 'OPTIONS' });
      assert.ok(
        fields.rows.some((row) => row['name'] === name && row['includedByDefault'] === false),
      );
      if (list === 'indicators') assert.equal(fields.body['count'], 23);
      const { rows } = await server.ask(`/api/v3/${list}/tql`, { method: 'OPTIONS' });
      const keyword = { keyword: 'lastModified', name: 'lastModified', type: 'Date' };
      assert.ok(
        rows.some((row) => row['keyword'] === keyword.keyword && row['type'] === keyword.type),
      );
      for (const { keyword: sortable, type } of rows) {
        if (type === 'Subquery') continue;
        const { status } = await server.list(list, {
          sorting: `${String(sortable)} asc`,
          resultLimit: 1,
        });
        assert.equal(status, 200, String(sortable));
      }
    });
  }

  for (const list of [
    'indicators',
    'groups',
    'groupAttributes',
    'indicatorAttributes',
    'tags',
    'securityLabels',
  ]) {
    test(`each parameter of ${list} takes what suits its type and refuses the rest: 5.1 "Type as the server declares it"`, async () => {
      const operands: Record<string, string> = {
        Integer: '3',
        Date: '"2026-01-01T00:00:00Z"',
        Boolean: 'true',
        String: '"x"',
      };
      const { rows } = await server.ask(`/api/v3/${list}/tql`, { method: 'OPTIONS' });
      for (const { keyword, type } of rows) {
        const name = String(keyword);
        if (type === 'Subquery') {
          const inner = name === 'hasIndicator' ? 'id = 1' : 'id in (1)';
          const { status, text } = await server.list(list, { tql: `${name}(${inner})` });
          assert.equal(status, 200, text);
          assert.equal((await server.list(list, { tql: `${name}(nonsense = 1)` })).status, 400);
          continue;
        }
        for (const [other, operand] of Object.entries(operands)) {
          const { status, text } = await server.list(list, { tql: `${name} = ${operand}` });
          // a date in quotes is a string too
          const suits = other === type || (type === 'String' && other === 'Date');
          assert.equal(status, suits ? 200 : 400, `${name} = ${operand}: ${text}`);
        }
        assert.equal((await server.list(list, { tql: `${name} IS NOT NULL` })).status, 200);
      }
    });
  }

  /** Line, path, status, code. */
  const MISSING = [
    ['9. "NotFound 0x1004 404"', 'indicators/999999999999', 404, '0x1004'],
    ['9. "NotFound"', 'groups/1', 404, '0x1004'],
    ['9. "NotFound"', 'nonsense', 404, '0x1004'],
  ] as const;
  for (const [spec, path, status, code] of MISSING) {
    test(`GET /v3/${path}: ${spec}`, async () => {
      const answer = await server.ask(`/api/v3/${path}`);
      assert.deepEqual([answer.status, answer.body['errCode']], [status, code]);
    });
  }

  test('a write is refused: 9. "MethodNotAllowed 0x1005 405 operation not supported"', async () => {
    const { status, body } = await server.ask('/api/v3/indicators', { method: 'POST' });
    assert.deepEqual([status, body['errCode']], [405, '0x1005']);
  });

  test('a single group is found by its id: 2.2 "object for a single GET"', async () => {
    const { rows } = await server.list('groups', { resultLimit: 1 });
    const single = await server.ask(`/api/v3/groups/${rows[0]?.id}`);
    assert.deepEqual(single.rows, rows);
    assert.deepEqual(Object.keys(single.body), ['data', 'status']);
  });
});
