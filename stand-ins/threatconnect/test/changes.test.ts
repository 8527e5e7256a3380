import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { idsOf, startUnderTest, type Row, type UnderTest } from './threatconnect-under-test.ts';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
const FILE = {
  md5: 'A'.repeat(32),
  sha1: 'B'.repeat(40),
  sha256: 'C'.repeat(64),
};

describe('changes at the ThreatConnect stand-in', () => {
  let server: UnderTest;
  let nowMs = START_MS;
  before(async () => {
    server = await startUnderTest({ records: 300, endMs: START_MS - 86_400_000 });
  });
  after(() => server.close());
  afterEach(async () => {
    await server.control.delete('/_sim/script');
    await server.control.post('/_sim/switches', { commitDelayMs: 0 });
  });

  /** A minute later by the stand-in's clock. */
  async function later(byMs = 60_000): Promise<string> {
    nowMs += byMs;
    await server.control.post('/_sim/clock', { nowMs });
    return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  }
  const mutate = (...changes: object[]) => server.control.post('/_sim/mutate', { changes });
  async function shown(id: string, ...fields: string[]): Promise<Row> {
    const { rows } = await server.list(`indicators/${id}`, { fields });
    return rows[0] ?? { id: '' };
  }
  async function ofType(type: string, count = 1): Promise<string[]> {
    const tql = `typeName in ("${type}")`;
    return idsOf(await server.list('indicators', { tql, sorting: 'id asc', resultLimit: count }));
  }
  async function create(record: object): Promise<string> {
    await mutate({ op: 'create', record });
    const { summary } = record as { summary: string };
    const found = await server.list('indicators', { tql: `summary = "${summary}"` });
    return found.rows[0]?.id ?? '';
  }

  /** Line, aspect, what is changed, whether it moves `lastModified` by default. */
  const RULES: readonly [string, string, object, boolean][] = [
    ['5.5 "change of threat rating … yes"', 'rating', { rating: 1 }, true],
    ['5.5 "change of confidence … yes"', 'confidence', { confidence: 11 }, true],
    [
      '5.5 "adding tags by PUT: yes in samples" (C)',
      'tags',
      { tags: { data: [{ id: 1, name: 'x' }] } },
      true,
    ],
    [
      '5.5 "adding an attribute: yes"',
      'attributes',
      { attributes: { data: [{ id: 1, type: 'Source', value: 'x' }] } },
      true,
    ],
    [
      '19. "labels"',
      'securityLabels',
      { securityLabels: { data: [{ id: 1, name: 'TLP:RED' }] } },
      true,
    ],
    [
      '5.5 "file occurrence … yes in samples"',
      'fileOccurrences',
      { fileOccurrences: { data: [], count: 0 } },
      true,
    ],
    ['19. "status by user"', 'status', { active: true }, true],
    ['5.5 "reporting a false positive: no"', 'falsePositives', { falsePositives: 3 }, false],
    ['5.5 "or observations: no"', 'observations', { observations: 9 }, false],
    [
      '5.5 "ThreatAssess/CAL score change: presumably no"',
      'scores',
      { threatAssessScore: 999 },
      false,
    ],
    ['5.5 "enrichment: no in samples"', 'enrichment', { enrichment: { data: [] } }, false],
  ];
  for (const [spec, aspect, set, moves] of RULES) {
    for (const switched of [moves, !moves]) {
      test(`${aspect} ${switched ? 'moves' : 'does not move'} lastModified${switched === moves ? '' : ' when switched'}: ${spec}`, async () => {
        const [id = ''] = await ofType('Host');
        const { lastModified } = await shown(id);
        await server.control.post('/_sim/switches', { movesLastModified: { [aspect]: switched } });
        const now = await later();
        await mutate({ op: 'update', id, set });
        await server.control.post('/_sim/switches', { movesLastModified: { [aspect]: moves } });
        const key = Object.keys(set)[0] ?? '';
        const changed = await server.control.lines<Row>(`/_sim/records?id=${id}`);
        assert.deepEqual(changed[0]?.[key], (set as Row)[key]);
        assert.equal((await shown(id)).lastModified, switched ? now : lastModified);
      });
    }
  }

  test('a score that changed silently is found by its own date: 5.5 "it has its own threatAssessLastUpdated"', async () => {
    const [id = ''] = await ofType('Address');
    const now = await later();
    await mutate({ op: 'update', id, set: { threatAssessScore: 7 } });
    const found = await server.list('indicators', { tql: `threatAssessLastUpdated >= "${now}"` });
    assert.deepEqual(idsOf(found), [id]);
  });

  test('an association moves both ends, and stands on both: 5.5 "yes, on both indicators in the sample"', async () => {
    const [one = '', two = ''] = await ofType('Address', 2);
    const now = await later();
    await mutate({ op: 'associate', id: one, indicator: two });
    for (const [id, other] of [
      [one, two],
      [two, one],
    ] as const) {
      assert.equal((await shown(id)).lastModified, now);
      const found = await server.list('indicators', { tql: `hasIndicator(id = ${id})` });
      assert.ok(idsOf(found).includes(other));
    }
    await mutate({ op: 'dissociate', id: one, indicator: two });
    const found = await server.list('indicators', { tql: `hasIndicator(id = ${one})` });
    assert.ok(!idsOf(found).includes(two));
  });

  test('a change inside a group does not move its indicators: 5.5 "change inside an associated group: no"', async () => {
    const [id = ''] = await ofType('URL');
    await mutate({
      op: 'createGroup',
      record: { id: '777', name: 'A campaign', type: 'Campaign' },
    });
    await mutate({ op: 'associate', id, group: '777' });
    const { lastModified } = await shown(id);
    const now = await later();
    await mutate({ op: 'updateGroup', id: '777', set: { name: 'Renamed' } });
    const row = await shown(id, 'associatedGroups');
    assert.equal(row['lastModified'], lastModified);
    assert.match(JSON.stringify(row['associatedGroups']), /Renamed/);
    const { rows } = await server.list('groups', { tql: `lastModified >= "${now}"` });
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['Renamed'],
    );
  });

  for (const [spec, aspect, moves] of [
    ['open question 4 "change of a nested group"', 'groups', true],
    ['open question 4 "removal of an association"', 'associations', false],
  ] as const) {
    test(`${aspect} ${moves ? 'move' : 'do not move'} lastModified when switched: ${spec}`, async () => {
      const [id = ''] = await ofType('EmailAddress');
      const { lastModified } = await shown(id);
      await server.control.post('/_sim/switches', { movesLastModified: { [aspect]: moves } });
      const group = moves ? '801' : '802';
      await later();
      await mutate({ op: 'createGroup', record: { id: group, name: 'A group' } });
      await mutate({ op: 'associate', id, group, silent: moves });
      const now = await later();
      await mutate({ op: 'updateGroup', id: group, set: { name: 'Another' } });
      await mutate({ op: 'dissociate', id, group, silent: moves });
      await server.control.post('/_sim/switches', { movesLastModified: { [aspect]: !moves } });
      assert.equal((await shown(id)).lastModified, moves ? now : lastModified);
    });
  }

  test('a group that is deleted is gone from its indicators, silently: 6.2 "Groups have no deleted endpoint"', async () => {
    const [id = ''] = await ofType('URL');
    await mutate({ op: 'createGroup', record: { id: '778', name: 'Short-lived' } });
    await mutate({ op: 'associate', id, group: '778' });
    const { lastModified } = await shown(id);
    await later();
    await mutate({ op: 'deleteGroup', id: '778' });
    assert.equal((await server.ask('/api/v3/groups/778')).status, 404);
    const row = await shown(id, 'associatedGroups');
    assert.doesNotMatch(JSON.stringify(row['associatedGroups']), /Short-lived/);
    assert.equal(row['lastModified'], lastModified);
    assert.equal((await server.ask('/api/v3/groups/deleted')).status, 404);
  });

  test('any change may be silent: 5.5 "status set by CAL, confidence decay … not known" (D)', async () => {
    const [id = ''] = await ofType('Mutex');
    const { lastModified } = await shown(id);
    await later();
    await mutate({ op: 'deactivate', id, silent: true });
    const row = await shown(id);
    assert.deepEqual([row['active'], row['lastModified']], [false, lastModified]);
    await mutate({ op: 'activate', id, silent: true });
  });

  test('a File’s summary grows with its hashes: 3.2 "summary changes over time"', async () => {
    await later();
    const id = await create({ type: 'File', summary: FILE.md5, md5: FILE.md5 });
    await mutate({ op: 'update', id, set: { sha256: FILE.sha256 } });
    assert.equal((await shown(id))['summary'], `${FILE.md5} : ${FILE.sha256}`);
  });

  test('merging two Files keeps one id and deletes the other: 3.2 "merging two Files deletes one id"', async () => {
    const kept =
      (await server.list('indicators', { tql: `summary STARTSWITH "${FILE.md5}"` })).rows[0]?.id ??
      '';
    const other = await create({ type: 'File', summary: FILE.sha1, sha1: FILE.sha1 });
    await later();
    await mutate({ op: 'mergeFiles', id: kept, other });
    assert.equal((await shown(kept))['summary'], `${FILE.md5} : ${FILE.sha1} : ${FILE.sha256}`);
    assert.equal((await server.ask(`/api/v3/indicators/${other}`)).status, 404);
    const { rows } = await server.list('indicators/deleted', { type: 'File' });
    assert.ok(rows.some(({ summary }) => summary === FILE.sha1));
  });

  describe('the deleted list', () => {
    const summary = 'deleted.example';
    let id = '';
    let added = '';
    before(async () => {
      await later(7_200_000);
      id = await create({ type: 'Host', summary, ownerName: 'Acme Feed' });
      added = String((await shown(id))['dateAdded']);
      await later();
      await mutate({ op: 'delete', id });
    });
    const list = (parameters: Record<string, string>) =>
      server.list('indicators/deleted', parameters);
    const at = (byMs: number) => `${new Date(nowMs + byMs).toISOString().slice(0, 19)}Z`;

    test('has rows without an id, and a count: 6.2 "ownerName, dateAdded, type, summary: no id"', async () => {
      const { rows, body } = await list({ owner: 'Acme Feed' });
      assert.deepEqual(rows, [
        { ownerName: 'Acme Feed', dateAdded: added, type: 'Host', summary },
      ] as never);
      assert.equal(body['count'], 1);
    });

    /** Line, parameters, whether the row is there. */
    const RULES: readonly [string, () => Record<string, string>, boolean][] = [
      ['6.2 "of the API user\'s Organization"', () => ({}), false],
      ['6.2 "optional type"', () => ({ owner: 'Acme Feed', type: 'Address' }), false],
      [
        '6.2 "optional deletedSince", before',
        () => ({ owner: 'Acme Feed', deletedSince: at(-1000) }),
        true,
      ],
      [
        '6.2 "optional deletedSince", after',
        () => ({ owner: 'Acme Feed', deletedSince: at(1000) }),
        false,
      ],
    ];
    for (const [spec, parameters, there] of RULES) {
      test(`${there ? 'has' : 'does not have'} the row: ${spec}`, async () => {
        const { rows } = await list(parameters());
        assert.equal(
          rows.some((row) => row['summary'] === summary),
          there,
        );
      });
    }

    test('may show the time of the deletion: 6.2 "Meaning of dateAdded in a deleted row" (D)', async () => {
      await server.control.post('/_sim/switches', { deletedDateAdded: 'deleted' });
      const { rows } = await list({ owner: 'Acme Feed' });
      await server.control.post('/_sim/switches', { deletedDateAdded: 'created' });
      assert.equal(rows[0]?.['dateAdded'], at(0));
    });

    test('does not tell of every deletion: open question 6 "are deletions by … source purge … listed there?"', async () => {
      const silent = await create({
        type: 'Host',
        summary: 'purged.example',
        ownerName: 'Acme Feed',
      });
      await mutate({ op: 'delete', id: silent, listed: false });
      assert.equal((await list({ owner: 'Acme Feed' })).rows.length, 1);
      assert.equal((await server.ask(`/api/v3/indicators/${silent}`)).status, 404);
    });

    test('is not asked when the same is created again, with a new id: 8. "After delete and re-create the id is new"', async () => {
      const again = await create({ type: 'Host', summary, ownerName: 'Acme Feed' });
      assert.ok(again !== '' && again !== id);
      assert.equal((await list({ owner: 'Acme Feed' })).rows.length, 1);
    });

    test('forgets after some days: 6.2 "Kept only for a number of days"', async () => {
      await later(31 * 86_400_000);
      assert.deepEqual((await list({ owner: 'Acme Feed' })).rows, []);
    });
  });

  test('one second holds many records: 5.4 "a bulk import puts many thousands of rows into one second"', async () => {
    const at = await later();
    await server.control.post('/_sim/mutate', { oneSecond: 150 });
    const tql = `lastModified >= "${at}" AND lastModified < "${new Date(nowMs + 1000).toISOString().slice(0, 19)}Z"`;
    const { body } = await server.list('indicators', { tql, count: 'true', resultLimit: 1 });
    assert.equal(body['count'], 150);
  });

  test('a row becomes visible after rows with a later stamp: 5.4 "Rows become visible at commit"', async () => {
    const record = { type: 'Host', ownerName: 'Acme Feed' };
    const early = await later();
    await server.control.post('/_sim/mutate', {
      commitAfterMs: 120_000,
      changes: [{ op: 'create', record: { ...record, summary: 'early.example' } }],
    });
    await later();
    await mutate({ op: 'create', record: { ...record, summary: 'late.example' } });
    const seen = async () => {
      const tql = `lastModified >= "${early}"`;
      const { rows } = await server.list('indicators', { tql, sorting: 'lastModified asc' });
      return rows.map(({ summary }) => summary);
    };
    assert.deepEqual(await seen(), ['late.example']);
    await later();
    assert.deepEqual(await seen(), ['early.example', 'late.example']);
  });

  test('the switch delays every change: 5.4 "with a lastModified that may be older than rows already seen"', async () => {
    await server.control.post('/_sim/switches', { commitDelayMs: 1000 });
    const now = await later();
    await mutate({ op: 'create', record: { type: 'Host', summary: 'delayed.example' } });
    const find = () => server.list('indicators', { tql: 'summary = "delayed.example"' });
    assert.deepEqual((await find()).rows, []);
    await later(1000);
    assert.equal((await find()).rows[0]?.['lastModified'], now);
  });

  test('what is inactive is shown alone and in no list: 6.1 "Single-object reads … do show "active": false"', async () => {
    const [id = ''] = await ofType('Mutex');
    await mutate({ op: 'deactivate', id });
    assert.equal((await shown(id))['active'], false);
    assert.deepEqual((await server.list('indicators', { tql: `id = ${id}` })).rows, []);
    await mutate({ op: 'activate', id });
  });

  test('the truth has every version of every record: 24. "all objects with version history"', async () => {
    const [id = ''] = await ofType('Host');
    await later();
    await mutate({ op: 'update', id, set: { confidence: 1 } });
    type Truth = { id: string; lastModified: string; versions: string[] };
    const truth = await server.control.lines<Truth>('/_sim/truth');
    const { versions = [], lastModified } = truth.find((each) => each.id === id) ?? {};
    assert.ok(versions.length > 1);
    assert.equal(versions.at(-1), lastModified);
  });

  test('counts the changes, and those between the answers to two pages', async () => {
    type Counted = { changes: number; changesBetweenPages: number };
    const counted = async () => {
      const { changes, changesBetweenPages } = await server.control.get<Counted>('/_sim/counters');
      return { changes, changesBetweenPages };
    };
    const page = () => server.list('indicators', { sorting: 'id asc', resultLimit: 2 });
    const [id = ''] = await ofType('Host');
    const change = () => mutate({ op: 'update', id, set: { rating: 2 } });
    await server.control.post('/_sim/counters/reset');
    await change();
    await page();
    const changes = [{ op: 'update', id, set: { rating: 3 } }];
    await server.control.post('/_sim/script', { afterPage: 1, changes });
    await page();
    await change();
    assert.deepEqual(await counted(), { changes: 3, changesBetweenPages: 0 });
    await page();
    assert.deepEqual(await counted(), { changes: 3, changesBetweenPages: 2 });
  });
});
