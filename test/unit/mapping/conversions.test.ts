import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { durationMs, toDate, toNumber } from '../../../mapping/conversions.ts';
import { parseExact, type Json } from '../../../mapping/exact-json.ts';

for (const [value, date] of [
  ['2026-01-31T12:34:56Z', '2026-01-31T12:34:56.000Z'],
  ['2026-01-31T12:34:56Z ', '2026-01-31T12:34:56.000Z'],
  ['2026-01-31T12:34:56.7Z', '2026-01-31T12:34:56.700Z'],
  ['2026-01-31T12:34:56.123456789Z', '2026-01-31T12:34:56.123Z'],
  ['2026-01-31T12:34:56.999999Z', '2026-01-31T12:34:56.999Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['2026-02-29T00:00:00Z', null],
  ['2026-02-30T00:00:00Z', null],
  ['2026-13-01T00:00:00Z', null],
  ['2026-01-31T24:00:00Z', null],
  ['2026-01-31T12:34:60Z', null],
  ['2026-01-31T12:34:56', null],
  ['2026-01-31 12:34:56Z', null],
  ['yesterday', null],
  ['', null],
  [1_767_225_600, null],
  [true, null],
  [null, null],
  [undefined, null],
  [['2026-01-31T12:34:56Z'], null],
  [{}, null],
] as const) {
  test(`the date ${JSON.stringify(value)} is ${date}`, () => {
    assert.equal(toDate(value as Json | undefined), date);
  });
}

test('a date of any time is itself again', () => {
  const max = new Date('9999-12-31T23:59:59.999Z');
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max, noInvalidDate: true }), (date) => {
      assert.equal(toDate(date.toISOString()), date.toISOString());
    }),
  );
});

for (const [literal, number] of [
  ['5', 5],
  ['5.00', 5],
  ['-0.5', -0.5],
  ['1e2', 100],
  ['1e400', undefined],
  ['"5"', undefined],
  ['true', undefined],
  ['false', undefined],
  ['null', undefined],
  ['[5]', undefined],
  ['{}', undefined],
] as const) {
  test(`the number ${literal} is ${number}`, () => {
    assert.equal(toNumber(parseExact(literal)), number);
  });
}

test('what is absent is no number', () => {
  assert.equal(toNumber(undefined), undefined);
});

for (const [text, ms] of [
  ['90d', 7_776_000_000],
  ['12h', 43_200_000],
  ['30m', 1_800_000],
] as const) {
  test(`${text} is ${ms} ms`, () => {
    assert.equal(durationMs(text), ms);
  });
}
