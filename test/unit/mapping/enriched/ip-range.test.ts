import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toIpRange } from '../../../../mapping/enriched/ip-range.ts';
import { TC } from '../compatible/map.ts';
import { mapped } from './enrich.ts';

for (const [block, range] of [
  ['192.0.2.0/24', '192.0.2.0/24'],
  ['192.0.2.255/25', '192.0.2.128/25'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.1.2.3/0', '0.0.0.0/0'],
  ['10.1.2.3/32', '10.1.2.3/32'],
  ['2001:DB8:0:0:0:0:0:1/32', '2001:db8::/32'],
  ['2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
  ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
  ['::/0', '::/0'],
  ['::ffff:192.0.2.0/120', undefined],
  ['::ffff:c000:200/120', undefined],
  ['192.0.2.0', undefined],
  ['192.0.2.0/', undefined],
  ['192.0.2.0/33', undefined],
  ['192.0.2.0/-1', undefined],
  ['192.0.2.0/+8', undefined],
  ['192.0.2.0/08', undefined],
  ['192.0.2.0/24/8', undefined],
  ['192.0.2/24', undefined],
  ['::/129', undefined],
  ['fe80::%1/64', undefined],
  ['192.0.2.0 /24', undefined],
  [5, undefined],
] as const) {
  test(`the block ${block} is the range ${range}`, () => {
    assert.equal(mapped({ type: 'CIDR', Block: block }, `${TC}.ip_range`), range);
  });
}

test('only a CIDR has a range', () => {
  assert.equal(mapped({ type: 'Address', Block: '192.0.2.0/24' }, `${TC}.ip_range`), undefined);
});

test('the range of a printed range is the same range, and its network is an address', () => {
  const block = fc.oneof(fc.tuple(fc.ipV4(), fc.nat(32)), fc.tuple(fc.ipV6(), fc.nat(128)));
  fc.assert(
    fc.property(block, ([address, bits]) => {
      const range = toIpRange(`${address}/${bits}`);
      if (range === undefined) return;
      assert.notEqual(isIP(range.slice(0, range.indexOf('/'))), 0);
      assert.equal(toIpRange(range), range);
    }),
  );
});
