import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { addressRange, showAddress, toSortableAddress } from '../search/addresses.ts';
import { parseExact, stringify } from '../json/exact.ts';
import { parseQueryDate } from '../search/date-math.ts';
import { parseDate, showDate } from '../text/dates.ts';
import { matchesPattern, patternsOverlap } from '../text/wildcard.ts';

describe('patterns', () => {
  for (const [one, other, overlap] of [
    ['logs-oracle.*', 'logs-oracle.*-*', true],
    ['a*', 'b*', false],
    ['*a', 'b*', true],
    ['t4*a', 't1-*', false],
    ['x', 'x', true],
    ['x', 'xy', false],
    ['*', 'x', true],
    ['a*c', 'ab*', true],
    ['', '*', true],
  ] as const) {
    test(`${one} and ${other} ${overlap ? 'have a name in common' : 'have none'}`, () => {
      assert.equal(patternsOverlap(one, other), overlap);
      assert.equal(patternsOverlap(other, one), overlap);
    });
  }

  test('two patterns that match one name overlap', () => {
    const part = fc.constantFrom('a', 'b', '*');
    const pattern = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(''));
    const name = fc
      .array(fc.constantFrom('a', 'b'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(pattern, pattern, name, (one, other, text) => {
        if (matchesPattern(one, text) && matchesPattern(other, text))
          assert.ok(patternsOverlap(one, other));
      }),
    );
  });

  test('characters that mean something elsewhere mean themselves', () => {
    assert.ok(matchesPattern('a.b*[x]', 'a.b-[x]'));
    assert.ok(!matchesPattern('a.b', 'axb'));
  });
});

describe('dates', () => {
  for (const [text, iso] of [
    ['2026', '2026-01-01T00:00:00.000Z'],
    ['2026-02', '2026-02-01T00:00:00.000Z'],
    ['2026-02-03', '2026-02-03T00:00:00.000Z'],
    ['2026-02-03T', '2026-02-03T00:00:00.000Z'],
    ['2026-02-03T04', '2026-02-03T04:00:00.000Z'],
    ['2026-02-03T04:05', '2026-02-03T04:05:00.000Z'],
    ['2026-02-03T04:05:06', '2026-02-03T04:05:06.000Z'],
    ['2026-02-03T04:05:06.123456789Z', '2026-02-03T04:05:06.123Z'],
    ['2026-02-03T04:05:06,5Z', '2026-02-03T04:05:06.500Z'],
    ['2026-02-03T04:05:06+01:30', '2026-02-03T02:35:06.000Z'],
    ['2026-02-03T04:05:06-0100', '2026-02-03T05:05:06.000Z'],
    ['1767225600000', '2026-01-01T00:00:00.000Z'],
    ['-1', '1969-12-31T23:59:59.999Z'],
  ] as const) {
    test(`${text} is ${iso}`, () => {
      const date = parseDate(text);
      assert.equal(typeof date === 'number' && showDate(date), iso);
    });
  }

  for (const text of [
    '',
    'now',
    '2026-1-1',
    '2026-13-01',
    '2026-02-30',
    '2026-02-03T24:00:00Z',
    '2026-02-03 04:05:06',
    '+2026-02-03',
  ]) {
    test(`"${text}" is no date`, () => assert.equal(typeof parseDate(text), 'object'));
  }

  for (const [text, format, iso] of [
    ['03/02/2026 04:05', 'dd/MM/yyyy HH:mm', '2026-02-03T04:05:00.000Z'],
    ['1767225600', 'epoch_second', '2026-01-01T00:00:00.000Z'],
    [
      '2026-02-03T04:05:06Z',
      'strict_date_time_no_millis||epoch_millis',
      '2026-02-03T04:05:06.000Z',
    ],
    ['2026-02-03T04:05:06.789Z', "yyyy-MM-dd'T'HH:mm:ss.SSSX", '2026-02-03T04:05:06.789Z'],
  ] as const) {
    test(`${text} in the format ${format} is ${iso}`, () => {
      assert.equal(parseDate(text, format), Date.parse(iso));
    });
  }
});

describe('date math', () => {
  const nowMs = Date.parse('2026-03-31T10:20:30.400Z');
  for (const [text, down, up] of [
    ['now', '2026-03-31T10:20:30.400Z', '2026-03-31T10:20:30.400Z'],
    ['now-30d/d', '2026-03-01T00:00:00.000Z', '2026-03-01T23:59:59.999Z'],
    ['now-1M', '2026-02-28T10:20:30.400Z', '2026-02-28T10:20:30.400Z'],
    ['now+1y/y', '2027-01-01T00:00:00.000Z', '2027-12-31T23:59:59.999Z'],
    ['now/w', '2026-03-30T00:00:00.000Z', '2026-04-05T23:59:59.999Z'],
    ['now-2h+5m/m', '2026-03-31T08:25:00.000Z', '2026-03-31T08:25:59.999Z'],
    ['2026-01-15||/M', '2026-01-01T00:00:00.000Z', '2026-01-31T23:59:59.999Z'],
    ['2026-01-15', '2026-01-15T00:00:00.000Z', '2026-01-15T23:59:59.999Z'],
  ] as const) {
    test(`${text} is ${down} at the lower end and ${up} at the upper`, () => {
      assert.equal(parseQueryDate(text, undefined, nowMs, false), Date.parse(down));
      assert.equal(parseQueryDate(text, undefined, nowMs, true), Date.parse(up));
    });
  }

  test('a step that is none is refused', () => {
    assert.equal(typeof parseQueryDate('now*2', undefined, nowMs, false), 'object');
  });
});

describe('addresses', () => {
  test('they sort as addresses do, IPv4 among IPv6', () => {
    const sorted = ['::', '::1', '9.0.0.1', '10.0.0.1', '10.0.0.2', '2001:db8::1', 'ffff::'];
    const keys = sorted.map((address) => toSortableAddress(address) ?? '');
    assert.deepEqual(
      keys.toSorted((a, b) => (a < b ? -1 : 1)),
      keys,
    );
  });

  test('what is shown is the shortest form of what was given', () => {
    for (const [given, shown] of [
      ['10.1.2.3', '10.1.2.3'],
      ['::ffff:10.1.2.3', '10.1.2.3'],
      ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
      ['::', '::'],
      ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ] as const) {
      assert.equal(showAddress(toSortableAddress(given) ?? ''), shown);
    }
  });

  test('any IPv4 address comes back', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) =>
        assert.equal(showAddress(toSortableAddress(address) ?? ''), address),
      ),
    );
  });

  test('a network is the range of its addresses', () => {
    assert.deepEqual(addressRange('10.1.0.0/16')?.map(showAddress), ['10.1.0.0', '10.1.255.255']);
    assert.deepEqual(addressRange('2001:db8::/32')?.map(showAddress), [
      '2001:db8::',
      '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
    ]);
    assert.equal(addressRange('10.1.0.0'), null);
  });

  test('what is no address is none', () => {
    for (const text of ['999', '1.2.3', 'host', '1.2.3.4.5', ''])
      assert.equal(toSortableAddress(text), null);
  });
});

test('numbers survive being parsed and written again', () => {
  const text = '{"a":9007199254740993,"b":1.0,"c":1e3,"d":-0,"e":0.1,"f":[12345678901234567890]}';
  assert.equal(stringify(parseExact(text)), text);
});
