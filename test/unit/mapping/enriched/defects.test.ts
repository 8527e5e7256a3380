import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../../../mapping/exact-json.ts';
import { at, documentOf as compatibleOf, TC, TI } from '../compatible/map.ts';
import { documentOf, enrich, mapped, RECORDS } from './enrich.ts';

/** Types that Kibana's Threat Intelligence page and Elastic's schema know, and mutex. */
const LISTED = new Set([
  'ipv4-addr',
  'ipv6-addr',
  'file',
  'url',
  'domain-name',
  'email-addr',
  'unknown',
  'windows-registry-key',
  'autonomous-system',
  'mutex',
]);

/** The field in which the page finds an indicator's name, by type. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'ipv4-addr': ['ip'],
  file: ['file.hash.sha256', 'file.hash.md5'],
  url: ['url.full'],
  'domain-name': ['url.domain'],
  'email-addr': ['email.address'],
  unknown: ['id'],
  'windows-registry-key': ['registry.key'],
  'autonomous-system': ['as.number'],
  mutex: ['id'],
};

for (const record of RECORDS) {
  test(`D5: a ${record.type} has one type that Kibana knows, and a name that it shows`, () => {
    const threat = at(documentOf(record), TI);
    const type = (threat as { type: string }).type;
    assert.ok(LISTED.has(type));
    const names = (NAMES[type] ?? []).map((path) => at({ threat }, `threat.${path}`));
    assert.ok(names.some((name) => name !== undefined));
  });
}

test('D5: a Host is no observer, and a CIDR can be matched', () => {
  assert.equal(documentOf({ type: 'Host', hostName: 'h' }).observer, undefined);
  assert.equal(mapped({ type: 'CIDR', Block: '192.0.2.9/24' }, `${TC}.ip_range`), '192.0.2.0/24');
});

test('the data requested by whoIs is in the document, from the key that the source sends', () => {
  const whois = { registrant: { name: 'n' } };
  assert.deepEqual(mapped({ type: 'Host', whois }, `${TC}.who_is`), whois);
  assert.deepEqual(mapped({ type: 'Host', whoIs: { a: 1 }, whois }, `${TC}.who_is`), { a: 1 });
  assert.equal(at(compatibleOf({ type: 'Host', whois }), `${TC}.who_is`), undefined);
});

test('D6: a registry key equals the one that Defend writes, and has a key to show', () => {
  const record = { type: 'Registry Key', 'Key Name': 'HKEY_LOCAL_MACHINE\\Software\\Bad\\' };
  assert.equal(mapped(record, `${TI}.registry.path`), 'HKLM\\Software\\Bad');
  assert.equal(mapped(record, `${TI}.registry.key`), 'Software\\Bad');
});

test('D7: confidence 1 is Low, and a TLP level with a blank is read', () => {
  assert.equal(mapped({ confidence: 1 }, `${TI}.confidence`), 'Low');
  const securityLabels = { data: [{ name: 'TLP: AMBER' }] };
  assert.equal(mapped({ securityLabels }, `${TI}.marking.tlp`), 'AMBER');
});

test('D8: a SHA-256 alone is related', () => {
  assert.deepEqual(mapped({ type: 'File', sha256: 'C' }, 'related.hash'), ['c']);
});

test('D9: no document about an indicator looks like an event', () => {
  for (const record of RECORDS) {
    const groups = { data: [{ to: 'a@x', from: 'b@x' }] };
    const tags = { data: [{ name: 't', platforms: { data: ['Linux'] } }] };
    const document = documentOf({ ...record, associatedGroups: groups, tags });
    for (const key of ['email', 'user', 'user_agent', 'observer', 'os']) {
      assert.equal(document[key], undefined, `${record.type} ${key}`);
    }
  }
});

test('D10: analysts are no related users, and passwords are not copied', () => {
  const record = {
    address: 'me@example.org',
    attributes: { data: [{ createdBy: { firstName: 'Jane', lastName: 'Roe', userName: 'jroe' } }] },
    associatedGroups: { data: [{ name: 'archive', password: 'infected' }] },
  };
  const document = documentOf(record);
  assert.deepEqual(at(document, 'related.user'), ['me']);
  assert.ok(!JSON.stringify(document).includes('infected'));
});

test('D11: an Address without an ip is still an indicator', () => {
  const document = documentOf({ type: 'Address', summary: '192.0.2.1' });
  assert.equal(at(document, 'event.kind'), 'enrichment');
  assert.equal(at(document, `${TI}.type`), 'unknown');
  assert.equal(at(document, `${TI}.id`), '192.0.2.1');
});

test('D13: an active indicator that never changes has no end in the past', () => {
  const record = { id: 1, summary: 's', lastModified: '2020-01-01T00:00:00Z' };
  const ends = [0, 89, 200].map((days) => {
    const requestedAtMs = Date.parse('2026-06-15T12:00:00Z') + days * 86_400_000;
    const end = String(
      Object(at(enrich(record, {}, { requestedAtMs }).document, `${TC}.deleted_at`)),
    );
    return Date.parse(textOf(end) ?? '') - requestedAtMs;
  });
  assert.ok(ends.every((left) => left > 90 * 86_400_000));
});

test('D13: with a fixed life it ends as in the integration', () => {
  const record = { lastModified: '2020-01-01T00:00:00Z' };
  const path = `${TC}.deleted_at`;
  assert.equal(at(documentOf(record, { expiry: 'fixed' }), path), at(compatibleOf(record), path));
});
