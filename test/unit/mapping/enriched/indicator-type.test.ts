import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TI } from '../compatible/map.ts';
import { mapped } from './enrich.ts';

for (const [record, type, id] of [
  [{ type: 'Address', ip: '192.0.2.1' }, 'ipv4-addr', undefined],
  [{ type: 'Address', ip: '2001:db8::1' }, 'ipv6-addr', undefined],
  [{ type: 'Address', ip: 'fe80::1%eth0.1' }, 'ipv6-addr', undefined],
  [{ type: 'Address', ip: '::ffff:192.0.2.1' }, 'ipv4-addr', undefined],
  [{ type: 'Address', ip: '::FFFF:c000:201' }, 'ipv4-addr', undefined],
  [{ type: 'Address', ip: '::192.0.2.1' }, 'ipv6-addr', undefined],
  [{ type: 'Address', ip: 'bad' }, 'unknown', 's'],
  [{ type: 'Address' }, 'unknown', 's'],
  [{ type: 'URL' }, 'url', undefined],
  [{ type: 'Host' }, 'domain-name', undefined],
  [{ type: 'File' }, 'file', undefined],
  [{ type: 'EmailAddress' }, 'email-addr', undefined],
  [{ type: 'Mutex' }, 'mutex', 's'],
  [{ type: 'Registry Key' }, 'windows-registry-key', undefined],
  [{ type: 'ASN' }, 'autonomous-system', undefined],
  [{ type: 'CIDR' }, 'unknown', 's'],
  [{ type: 'Email Subject' }, 'unknown', 's'],
  [{ type: 'Hashtag' }, 'unknown', 's'],
  [{ type: 'User Agent' }, 'unknown', 's'],
  [{ type: 'Filename' }, 'unknown', 's'],
  [{ type: 'file' }, 'unknown', 's'],
  [{ type: ['File'] }, 'unknown', 's'],
  [{}, 'unknown', 's'],
] as const) {
  test(`${JSON.stringify(record)} has the one type ${type}`, () => {
    const summary = { ...record, summary: 's' };
    assert.equal(mapped(summary, `${TI}.type`), type);
    assert.equal(mapped(summary, `${TI}.id`), id);
  });
}

test('a custom type keeps the type that follows from its name', () => {
  assert.deepEqual(mapped({ type: 'Filename', md5: 'A' }, `${TI}.file.hash`), { md5: 'a' });
});
