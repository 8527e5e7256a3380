import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isIp, parseIp, unmapIpv4 } from '../../../../mapping/compatible/ip-address.ts';

const ADDRESSES = [
  '0.0.0.0',
  '255.255.255.255',
  '192.0.2.1',
  '::',
  '::1',
  '1::',
  '2001:db8::8:800:200C:417A',
  '2001:DB8:0:0:0:0:0:1',
  '1:2:3:4:5:6:7::',
  '::2:3:4:5:6:7:8',
  '::ffff:192.0.2.1',
  '64:ff9b::192.0.2.33',
  '1:2:3:4:5:6:192.0.2.1',
  'fe80::1%eth0',
  'fe80::1%1',
  '::1%a.b',
];

for (const address of ADDRESSES) {
  test(`${address} is an address`, () => assert.ok(isIp(address)));
}

const NO_ADDRESSES = [
  '',
  '1',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.',
  '.1.2.3',
  '1..2.3',
  '256.1.1.1',
  '01.2.3.4',
  '1.2.3.04',
  '0x1.2.3.4',
  '1.2.3.4/24',
  '1.2.3.4:80',
  ' 1.2.3.4',
  '1.2.3.4 ',
  '1.2.3.4%eth0',
  '1.2.3.-4',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  '12345::',
  'g::',
  '::1/64',
  '[::1]',
  '::1]:80',
  '::ffff:192.0.2.256',
  '::192.0.2.1:1',
  '::ffff:192.0.2.01',

  'fe80::1%',
  '%eth0',
  'fe80::1% eth0',
  'fe80::1%eth0/64',
  '1:2:3:4:5:6:7:192.0.2.1',
  ':1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:',
  '192.0.2.1::',
  '１.2.3.4',
];

for (const text of NO_ADDRESSES) {
  test(`${JSON.stringify(text)} is no address`, () => assert.ok(!isIp(text)));
}

test('the parser accepts the same addresses as Node, and no others', () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.stringMatching(/^[0-9a-f:.]{0,24}$/),
    fc.stringMatching(/^([0-9a-f]{0,4}:){2,8}[0-9a-f.]{0,9}$/),
  );
  fc.assert(
    fc.property(text, (address) => assert.equal(isIp(address), isIP(address) !== 0)),
    { numRuns: 1000 },
  );
});

test('an address is parsed to its bytes', () => {
  assert.deepEqual(parseIp('192.0.2.1'), [192, 0, 2, 1]);
  assert.deepEqual(parseIp('1:203::ff'), [0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff]);
  assert.deepEqual(parseIp('::ffff:192.0.2.1'), parseIp('::FFFF:c000:201'));
});

test('only an IPv4 address in IPv6 form is converted to four bytes', () => {
  assert.deepEqual(unmapIpv4(parseIp('::ffff:c000:201') ?? []), [192, 0, 2, 1]);
  assert.equal(unmapIpv4(parseIp('::192.0.2.1') ?? []), null);
  assert.equal(unmapIpv4(parseIp('192.0.2.1') ?? []), null);
});
