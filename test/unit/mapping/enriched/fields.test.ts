import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { at, TC, TI } from '../compatible/map.ts';
import { documentOf, enrich, mapped } from './enrich.ts';

const CHANGED = { lastModified: '2026-01-09T21:00:11Z' };

test('a document has the time of its reading, its feed and its run', () => {
  const document = documentOf({});
  assert.equal(at(document, 'event.created'), '2026-06-15T12:34:56.789Z');
  assert.equal(at(document, 'tcsync.feed'), 'default');
  assert.equal(at(document, 'tcsync.run_id'), 'run-1');
});

test('a record that was read without a run has neither feed nor run', () => {
  const { document } = enrich({}, {}, { feed: null, runId: null });
  assert.deepEqual(Object.keys(at(document, 'tcsync') ?? {}), ['identity']);
});

for (const [record, text] of [
  [{ ownerName: 'Acme', type: 'Host', summary: ' É ' }, 'Acme\0Host\0 É '],
  [{ summary: 5 }, '\0\x005'],
  [{ ownerName: null, type: ['x'] }, '\0\0'],
] as const) {
  test(`${JSON.stringify(record)} is identified by the unchanged owner, type and summary`, () => {
    const identity = createHash('sha256').update(text).digest('hex');
    assert.equal(mapped(record, 'tcsync.identity'), identity);
  });
}

test('an error in the record changes neither kind nor tags, and the document keeps no copy of the record', () => {
  const record = { active: 'perhaps', associatedGroups: { data: [{ password: 'secret' }] } };
  const document = documentOf(record, { tags: ['forwarded'] });
  assert.equal(at(document, 'event.kind'), 'enrichment');
  assert.deepEqual(document.tags, ['forwarded']);
  assert.deepEqual(at(document, 'error.message'), ['active: cannot convert [perhaps] to boolean']);
  assert.ok(!JSON.stringify(document).includes('secret'));
});

test('only the setting decides whether the original is kept', () => {
  const record = { id: 1 };
  const tags = ['preserve_original_event'];
  assert.equal(at(documentOf(record, { tags }), 'event.original'), undefined);
  const document = documentOf(record, { preserveOriginalEvent: true });
  assert.equal(at(document, 'event.original'), '{"id":1}');
  assert.deepEqual(document.tags, tags);
});

for (const [record, settings, timestamp] of [
  [CHANGED, { timestamp: 'modified' }, '2026-01-09T21:00:11.000Z'],
  [{}, { timestamp: 'modified' }, '2026-06-15T00:00:00.000Z'],
  [{ lastModified: 'x' }, { timestamp: 'modified' }, '2026-06-15T00:00:00.000Z'],
  [CHANGED, { timestamp: 'confirmed' }, '2026-06-15T00:00:00.000Z'],
] as const) {
  test(`with ${JSON.stringify([record, settings])} a document has the timestamp ${timestamp}`, () => {
    assert.equal(documentOf(record, settings)['@timestamp'], timestamp);
  });
}

for (const [record, settings, deletedAt] of [
  [CHANGED, { expiry: 'confirmed' }, '2026-09-14T00:00:00.000Z'],
  [{}, { expiry: 'confirmed', iocExpiration: '12h' }, '2026-06-16T12:00:00.000Z'],
  [{ deleted_at: '2020' }, { expiry: 'confirmed' }, '2026-09-14T00:00:00.000Z'],
  [CHANGED, { expiry: 'fixed' }, '2026-04-09T21:00:11.000Z'],
  [{ deleted_at: '2020' }, { expiry: 'fixed' }, '2020-01-01T00:00:00.000Z'],
  [{}, { expiry: 'fixed' }, undefined],
] as const) {
  test(`with ${JSON.stringify([record, settings])} an indicator ends at ${deletedAt}`, () => {
    assert.equal(at(documentOf(record, settings), `${TC}.deleted_at`), deletedAt);
  });
}

test('errors that do not apply to the enriched document are left out', () => {
  const record = { deleted_at: 'soon', observations: 5, trackedUsers: 5, active: 5 };
  const active = 'active: cannot convert [5] to boolean';
  const people = 'trackedUsers: expected an object';
  const end = 'deleted_at: cannot convert [soon] to date';
  const errors = (settings: object) => at(documentOf(record, settings), 'error.message');
  assert.deepEqual(errors({}), [active, people]);
  assert.deepEqual(errors({ people: 'drop' }), [active]);
  assert.deepEqual(errors({ expiry: 'fixed' }), [active, people, end]);
});

for (const [value, band] of [
  ['0', 'Not Specified'],
  ['0.5', 'Low'],
  ['1', 'Low'],
  ['39.9', 'Low'],
  ['40', 'Medium'],
  ['"69"', 'Medium'],
  ['70', 'High'],
  ['100', 'High'],
  ['100.1', undefined],
  ['-1', undefined],
  ['"x"', undefined],
]) {
  test(`confidence ${value} is ${band}`, () => {
    assert.equal(mapped(`{"confidence":${value}}`, `${TI}.confidence`), band);
  });
}

for (const [names, level] of [
  [['TLP: AMBER'], 'AMBER'],
  [['tlp:amber strict'], 'AMBER+STRICT'],
  [['TLP:AMBER_STRICT'], 'AMBER+STRICT'],
  [['TLP:Amber + Strict'], 'AMBER+STRICT'],
  [['TLP:AMBER', 'TLP:RED', 'TLP:GREEN'], 'RED'],
  [['TLP:AMBER', 'TLP:AMBER+STRICT'], 'AMBER+STRICT'],
  [['TLP:WHITE', 'TLP:CLEAR'], 'WHITE'],
  [['TLP:GREEN', 'X: red :y'], 'RED'],
  [['RED', 'TLP_RED', 'TLP:PURPLE', 'TLP::RED'], undefined],
  [[5, null], undefined],
] as const) {
  test(`labels ${JSON.stringify(names)} are ${level}`, () => {
    const securityLabels = { data: names.map((name) => ({ name })) };
    assert.equal(mapped({ securityLabels }, `${TI}.marking.tlp`), level);
  });
}

test('every hash is related, and each only once', () => {
  assert.deepEqual(mapped({ sha256: 'C' }, 'related.hash'), ['c']);
  assert.deepEqual(mapped({ md5: 'A', sha1: 'a', sha256: 'C' }, 'related.hash'), ['a', 'c']);
});

test('an indicator without sightings was first seen when it was added and last seen when it was modified', () => {
  const record = { dateAdded: '2026-01-01', lastModified: '2026-02-01' };
  const threat = at(documentOf(record), TI) as Record<string, unknown>;
  assert.equal(threat.first_seen, '2026-01-01T00:00:00.000Z');
  assert.equal(threat.last_seen, '2026-02-01T00:00:00.000Z');
  assert.equal(threat.modified_at, '2026-02-01T00:00:00.000Z');
});

test('sightings and external dates have priority over these times', () => {
  const record = {
    dateAdded: '2026-01-01',
    lastModified: '2026-02-01',
    firstSeen: '2020',
    lastSeen: '2021',
    externalLastModified: '2022',
  };
  const threat = at(documentOf(record), TI) as Record<string, unknown>;
  assert.equal(threat.first_seen, '2020-01-01T00:00:00.000Z');
  assert.equal(threat.last_seen, '2021-01-01T00:00:00.000Z');
  assert.equal(threat.modified_at, '2022-01-01T00:00:00.000Z');
});

for (const [observations, sightings, isError] of [
  ['5', 5, false],
  ['"5"', 5, false],
  ['5.0', 5, false],
  ['0', 0, false],
  ['9007199254740993', '9007199254740993', false],
  ['-1', undefined, true],
  ['-9007199254740993', undefined, true],
  ['"many"', undefined, true],
  ['{"count":5}', undefined, false],
] as const) {
  test(`observations ${observations} are ${sightings} sightings`, () => {
    const document = documentOf(`{"observations":${observations}}`);
    const found = at(document, `${TI}.sightings`);
    assert.equal(JSON.stringify(found), sightings === undefined ? sightings : String(sightings));
    assert.equal(document.error !== undefined, isError);
  });
}

test('a subject, a user agent, platforms and e-mail addresses have fields of the indicator’s own', () => {
  const document = documentOf({
    Subject: 'Spam',
    'User Agent String': 'curl',
    tags: {
      data: [
        { id: 1, platforms: { data: ['Linux'] } },
        null,
        { id: 2 },
        { name: 'n', platforms: { data: ['', 5, 'Windows', 'macOS'], count: 4 } },
        { name: 'x', platforms: 'Linux' },
        { id: 3, platforms: { data: 'AIX' } },
      ],
    },
    associatedGroups: {
      data: [{ name: 'g' }, { to: 'a@x', from: ['b@x', 5] }, { name: 'h', to: { x: 1 }, from: 5 }],
    },
  });
  assert.equal(at(document, `${TI}.email.subject`), 'Spam');
  assert.equal(at(document, `${TI}.user_agent.original`), 'curl');
  assert.deepEqual(at(document, `${TC}.tags.data`), [
    { platforms: { data: ['Linux'] } },
    { name: 'n', platforms: { data: ['Windows', 'macOS'] } },
    { name: 'x' },
    { platforms: { data: 'AIX' } },
  ]);
  assert.deepEqual(at(document, `${TC}.associated_groups.data`), [
    { name: 'g' },
    { to: 'a@x', from: ['b@x'] },
    { name: 'h' },
  ]);
});

const PERSON = {
  firstName: 'F1',
  lastName: 'L1',
  userName: 'U1',
  pseudonym: 'P1',
  owner: 'Acme',
  id: 3,
};
const PEOPLE = {
  attributes: { data: [{ type: 't', createdBy: PERSON }] },
  associatedGroups: {
    data: [{ createdBy: PERSON, assignments: { data: [{ user: { id: 12, userName: 'U1' } }] } }],
  },
  associatedCases: {
    data: [{ id: 5, createdBy: PERSON, assignee: { type: 'User', data: PERSON } }],
  },
  trackedUsers: { F1: { observations: 5 } },
};

test('people are kept if the settings say so, but none is a related user', () => {
  const document = documentOf(PEOPLE);
  assert.equal(JSON.stringify(document).split('U1').length - 1, 5);
  assert.ok(at(document, `${TC}.tracked_users`));
  assert.equal(at(document, 'related.user'), undefined);
});

test('people are in no field if the settings say so', () => {
  const document = documentOf(PEOPLE, { people: 'drop' });
  assert.ok(!/[FLUP]1/.test(JSON.stringify(document)));
  assert.deepEqual(at(document, `${TC}.attributes.data.0`), {
    type: 't',
    created_by: { owner: 'Acme', id: '3' },
  });
  assert.deepEqual(at(document, `${TC}.associated_cases.data.0`), {
    id: 5,
    createdBy: { owner: 'Acme', id: 3 },
    assignee: { type: 'User', data: { owner: 'Acme', id: 3 } },
  });
});

test('a name that is not of a person stays if people are dropped', () => {
  const names = { userName: 'svc', pseudonym: 'x', first_name: 'y' };
  const record = {
    enrichment: { data: [names] },
    attributes: { data: [{ type: 't', value: names.userName }] },
  };
  const document = documentOf(record, { people: 'drop' });
  assert.deepEqual(at(document, `${TC}.enrichment.data.0`), names);
  assert.equal(at(document, `${TC}.attributes.data.0.value`), 'svc');
});

test('passwords of groups are left out at any depth, unless the settings keep them', () => {
  const associatedGroups = {
    data: [{ name: 'g', password: 'secret', x: [{ password: 'secret' }] }],
  };
  assert.deepEqual(mapped({ associatedGroups }, `${TC}.associated_groups.data`), [{ name: 'g' }]);
  const kept = documentOf({ associatedGroups }, { passwords: 'keep' });
  assert.equal(JSON.stringify(kept).split('secret').length, 3);
});
