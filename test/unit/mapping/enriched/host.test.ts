import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostParts } from '../../../../mapping/enriched/host.ts';
import { at, documentOf as compatibleOf, TC, TI } from '../compatible/map.ts';
import { documentOf } from './enrich.ts';

const BAD = 'bad.example.com';
const PARTS = {
  domain: BAD,
  registered_domain: 'example.com',
  subdomain: 'bad',
  top_level_domain: 'com',
};

for (const hostName of [
  'bad.example.com',
  ' Bad.Example.COM. ',
  'bad[.]example.com',
  'bad(.)example{.}com',
  'bad[dot]example(DOT)com',
  'bad\\.example\\.com',
  'hxxp://bad.example.com',
  'hXXps[://]bad[.]example[.]com/a/b?c#d',
  'hxxp[:]//bad.example.com',
  'hxxp(:)//bad.example.com',
  'https:[//]bad.example.com',
  'http://user:p@ss@bad.example.com:8080/x',
  'ftp://bad.example.com',
  'bad.example.com/',
  'bad.example.com/24',
  'bad.example.com[/]x',
  'bad.example.com?x=1',
  'bad.example.com:443',
  'bad.example.com[:]443',
  'user@bad.example.com',
]) {
  test(`the Host ${JSON.stringify(hostName)} has the domain in its host name`, () => {
    const document = documentOf({ type: 'Host', hostName });
    assert.deepEqual(at(document, `${TI}.url`), PARTS);
    assert.equal(document.error, undefined);
  });
}

for (const [hostName, domain] of [
  ['.com', '.com'],
  ['localhost', 'localhost'],
  ['localhost:8080', 'localhost'],
  ['http', 'http'],
  ['192.0.2.1', '192.0.2.1'],
  ['192[.]0[.]2[.]1:80', '192.0.2.1'],
  ['http://192.0.2.1/24', '192.0.2.1'],
  ['2001:DB8::1', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['_dmarc.localhost', '_dmarc.localhost'],
] as const) {
  test(`the Host ${JSON.stringify(hostName)} has a domain without parts`, () => {
    assert.equal(at(documentOf({ type: 'Host', hostName }), `${TI}.url.domain`), domain);
    assert.deepEqual({ ...hostParts(hostName) }, { domain });
  });
}

for (const hostName of [
  'bad example',
  'bad.example.com (new)',
  'bad.example.com, worse.example.com',
  'bad.example.com,worse.example.com',
  'bad[.example.com',
  'bad dot example dot com',
  'bad[d0t]example.com',
  'h**p://bad.example.com',
  'hxxp:bad.example.com',
  'hxxp:/bad.example.com',
  'hxxp//bad.example.com',
  'hxxp:\\\\bad.example.com',
  'http://http://bad.example.com',
  'hxxp/bad.example.com',
  'bad\\example.com',
  'bad.example.com:',
  'bad.example.com:99999',
  'bad.example.com:http',
  '<bad.example.com>',
  '*.example.com',
  '/etc/passwd',
  '192.0.2.0/24',
  '192.0.2.0[/]24',
  '2001:db8::/32',
  '192.0.2.1-192.0.2.9',
  'user@',
  'mailto:user@bad.example.com',
  '.',
  '..',
  'x..co.uk',
  'bad.example.com..',
  '..bad.example.com',
  'http://',
  '\uFFFD',
  ' ',
]) {
  test(`the Host ${JSON.stringify(hostName)} has no domain, and the document says so`, () => {
    const document = documentOf({ type: 'Host', hostName });
    assert.equal(at(document, `${TI}.url`), undefined);
    assert.deepEqual(at(document, 'error.message'), [
      `hostName: cannot convert [${hostName}] to host`,
    ]);
  });
}

for (const hostName of ['', undefined, null]) {
  test(`a Host without a name, ${JSON.stringify(hostName)}, has no error for it`, () => {
    assert.equal(documentOf({ type: 'Host', hostName }).error, undefined);
  });
}

test('a host name of another type is ignored', () => {
  const document = documentOf({ type: 'File', hostName: 'bad example' });
  assert.equal(document.error, undefined);
  assert.equal(at(document, `${TI}.url`), undefined);
});

for (const [ip, address, type] of [
  ['192[.]0[.]2[.]1', '192.0.2.1', 'ipv4-addr'],
  ['192.0.2(.)1', '192.0.2.1', 'ipv4-addr'],
  ['192[dot]0.2.1', '192.0.2.1', 'ipv4-addr'],
  [' 192.0.2.1 ', '192.0.2.1', 'ipv4-addr'],
  ['hxxp://192.0.2[.]1/x', '192.0.2.1', 'ipv4-addr'],
  ['192.0.2.1:8080', '192.0.2.1', 'ipv4-addr'],
  ['192.0.2.1/index.html', '192.0.2.1', 'ipv4-addr'],
  ['2001[:]db8::1', '2001:db8::1', 'ipv6-addr'],
  ['[2001:DB8:0:0:0:0:0:1]:443', '2001:DB8:0:0:0:0:0:1', 'ipv6-addr'],
  ['2001:DB8:0:0:0:0:0:1', '2001:DB8:0:0:0:0:0:1', 'ipv6-addr'],
  ['::FFFF:192.0.2.1', '::FFFF:192.0.2.1', 'ipv4-addr'],
] as const) {
  test(`the Address ${ip} has the address in its text, in the original spelling`, () => {
    const document = documentOf({ type: 'Address', ip });
    assert.equal(at(document, `${TC}.ip`), address);
    assert.equal(at(document, `${TI}.ip`), address);
    assert.equal(at(document, `${TI}.type`), type);
    assert.deepEqual(at(document, 'related.ip'), [address]);
    assert.equal(document.error, undefined);
  });
}

for (const ip of [
  '192.0.2.0/24',
  '192.0.2.1/32',
  '192.0.2',
  '192.000.002.001',
  '3232235777',
  '0xc0000201',
  '192.0.2.1:99999',
  '192.0.2.1-9',
  '192.0.2.1, 192.0.2.2',
  'http://bad.example.com',
  'http://3232235777/',
  'bad.example.com',
]) {
  test(`the Address ${ip} has no ip, and the document says so`, () => {
    const document = documentOf({ type: 'Address', ip });
    assert.equal(at(document, `${TC}.ip`), undefined);
    assert.equal(at(document, `${TI}.ip`), undefined);
    assert.equal(at(document, `${TI}.type`), 'unknown');
    assert.deepEqual(at(document, 'error.message'), [`ip: cannot convert [${ip}] to ip`]);
  });
}

test('the address of an associated indicator is parsed in the same way', () => {
  const record = { associatedIndicators: { data: [{ ip: '192[.]0[.]2[.]1' }] } };
  const place = `${TC}.associated_indicators.data`;
  assert.deepEqual(at(documentOf(record), place), [{ ip: '192.0.2.1' }]);
});

for (const [Block, range] of [
  ['192[.]0[.]2[.]0/24', '192.0.2.0/24'],
  ['192.0.2.0[/]24', '192.0.2.0/24'],
  ['2001[:]db8::/32', '2001:db8::/32'],
  [' 192.0.2.0/24 ', undefined],
] as const) {
  test(`the CIDR ${Block} is the range ${String(range)}`, () => {
    assert.equal(at(documentOf({ type: 'CIDR', Block }), `${TC}.ip_range`), range);
  });
}

test('in profile compatible a defanged address is no address, as in the integration', () => {
  const document = compatibleOf({ type: 'Address', ip: '192[.]0[.]2[.]1' });
  assert.equal(at(document, `${TC}.ip`), undefined);
});
