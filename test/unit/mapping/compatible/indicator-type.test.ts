import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, documentOf, mapped, TI } from './map.ts';

for (const [type, mappedType] of [
  ['File', ['file']],
  ['URL', ['url']],
  ['EmailAddress', ['email-addr']],
  ['Mutex', ['mutex']],
  ['Registry Key', ['windows-registry-key']],
  ['Filename', ['file']],
  ['URL File', ['file']],
  ['Mutex URL', ['url']],
  ['MutexEmailAddress', ['email-addr']],
  ['file', undefined],
  ['Host', undefined],
  ['ASN', undefined],
  ['CIDR', undefined],
  ['Email Subject', undefined],
  ['Hashtag', undefined],
  ['User Agent', undefined],
  ['Address', undefined],
  [['File'], undefined],
  [5, undefined],
] as const) {
  test(`the type ${JSON.stringify(type)} becomes ${JSON.stringify(mappedType)}`, () => {
    assert.deepEqual(mapped({ type }, `${TI}.type`), mappedType);
  });
}

const VALUES = {
  md5: 'A',
  sha1: 'B',
  sha256: 'C',
  text: 'not a url',
  'Key Name': 'HKLM\\x',
  'Value Name': 'v',
  'Value Type': 'REG_SZ',
};
const HASH = { md5: 'a', sha1: 'b', sha256: 'c' };
const REGISTRY = { path: 'HKLM\\x', value: 'v', data: { type: 'REG_SZ' } };

for (const [type, own] of [
  ['File', { file: { hash: HASH } }],
  ['URL', { url: { original: 'not a url' } }],
  ['Registry Key', { registry: REGISTRY }],
  ['File URL', { file: { hash: HASH }, url: { original: 'not a url' } }],
  ['My Registry Key File', { file: { hash: HASH }, registry: REGISTRY }],
  ['Host', {}],
] as const) {
  test(`only its own fields are set for ${type}`, () => {
    const document = documentOf({ ...VALUES, type });
    const { file, url, registry } = at(document, TI) as Record<string, unknown>;
    assert.deepEqual(JSON.parse(JSON.stringify({ file, url, registry })), own);
  });
}

test('a missing hash is not set', () => {
  assert.deepEqual(mapped({ type: 'File', sha1: 'B', md5: '' }, `${TI}.file`), {
    hash: { sha1: 'b' },
  });
});

for (const [record, ecs] of [
  [{ type: 'ASN', 'AS Number': 'AS5' }, { threat: { as: { number: 5 } } }],
  [{ type: 'CIDR', Block: '192.0.2.0/24' }, {}],
  [{ type: 'Hashtag', Hashtag: '#x' }, {}],
  [
    { type: 'Host', hostName: 'h' },
    { observer: { hostname: 'h' }, related: { hosts: ['h'] } },
  ],
  [{ type: 'Email Subject', Subject: 's' }, { email: { subject: 's' } }],
  [{ type: 'User Agent', 'User Agent String': 'ua' }, { user_agent: { original: 'ua' } }],
  [{ type: 'Vehicle', Plate: 'x', value1: 'x' }, {}],
] as const) {
  test(`a ${record.type} has nothing but its own fields outside threat_connect`, () => {
    const { email, observer, related, user_agent, ...document } = documentOf(record);
    const { provider, ...threat } = at(document, TI) as Record<string, unknown>;
    assert.equal(provider, 'ThreatConnect');
    const set = { email, observer, related, user_agent };
    const expected: Record<string, unknown> = { ...ecs, threat: 'threat' in ecs ? ecs.threat : {} };
    assert.deepEqual(JSON.parse(JSON.stringify({ ...set, threat })), expected);
  });
}
