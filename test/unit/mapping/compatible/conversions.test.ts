import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as conversions from '../../../../mapping/compatible/conversions.ts';
import { STRICT } from '../../../../mapping/compatible/spelling.ts';
import { parseRecord } from '../../../../mapping/parse-record.ts';

const { bool, date, double, ip, long, lower, string, text } = conversions;
type Name = keyof typeof CONVERSIONS;
const CONVERSIONS = { bool, date, double, ip, long, lower, string, text };

/** JSON text of a value and of the result; `null` if it cannot be converted. */
const ROWS: readonly (readonly [name: Name, value: string, result: string | null])[] = [
  ['bool', 'true', 'true'],
  ['bool', 'false', 'false'],
  ['bool', '"TRUE"', 'true'],
  ['bool', '"fAlSe"', 'false'],
  ['bool', '1', null],
  ['bool', '0', null],
  ['bool', '"yes"', null],
  ['bool', '" true"', null],
  ['bool', '""', null],
  ['long', '61', '61'],
  ['long', '"61"', '61'],
  ['long', '"+61"', '61'],
  ['long', '-7', '-7'],
  ['long', '-0', '0'],
  ['long', '"007"', '7'],
  ['long', '61.0', '61'],
  ['long', '"61.000"', '61'],
  ['long', '61.5', null],
  ['long', '"61."', null],
  ['long', '1e2', null],
  ['long', '1E+21', null],
  ['long', '" 61"', null],
  ['long', '"0x1F"', null],
  ['long', '"٣"', null],
  ['long', '""', null],
  ['long', 'true', null],
  ['long', '9007199254740993', '9007199254740993'],
  ['long', '"9223372036854775807"', '9223372036854775807'],
  ['long', '-9223372036854775808', '-9223372036854775808'],
  ['long', '9223372036854775808', null],
  ['long', '-9223372036854775809', null],
  ['long', `"${'0'.repeat(50)}5"`, '5'],
  ['double', '3', '3'],
  ['double', '5.00', '5'],
  ['double', '"3.0"', '3'],
  ['double', '" 3.25 "', '3.25'],
  ['double', '"3.25\\t"', '3.25'],
  ['double', '"\\n3.25"', '3.25'],
  ['double', '"+1.5e-3"', '0.0015'],
  ['double', '".5"', '0.5'],
  ['double', '"5."', '5'],
  ['double', '1e400', null],
  ['double', '"NaN"', null],
  ['double', '"Infinity"', null],
  ['double', '"3d"', null],
  ['double', '"0x1p3"', null],
  ['double', '"3 4"', null],
  ['double', '"\\u00a03"', null],
  ['double', '""', null],
  ['double', 'false', null],
  ['string', '5.00', '"5.00"'],
  ['string', '9007199254918489', '"9007199254918489"'],
  ['string', 'true', '"true"'],
  ['string', '"x"', '"x"'],
  ['string', '""', '""'],
  ['lower', '"F5A2İ"', '"f5a2i̇"'],
  ['lower', '1E5', '"1e5"'],
  ['lower', 'true', null],
  ['text', '5.00', '"5.00"'],
  ['text', '"AS 5"', '"AS 5"'],
  ['text', 'false', null],
  ['ip', '"192.0.2.1"', '"192.0.2.1"'],
  ['ip', '"2001:DB8:0::1"', '"2001:DB8:0::1"'],
  ['ip', '1', null],
  ['date', '2023', '"2023-01-01T00:00:00.000Z"'],
  ['date', '1700000000000', null],
  ['date', 'true', null],
];

for (const [name, value, result] of ROWS) {
  test(`${name} converts ${value} to ${result ?? 'nothing'}`, () => {
    const converted = CONVERSIONS[name].convert(parseRecord(value, false), STRICT);
    assert.equal(converted === undefined ? null : JSON.stringify(converted), result);
  });
}

for (const [name, conversion] of Object.entries(CONVERSIONS)) {
  test(`${name} accepts neither a list nor an object`, () => {
    assert.equal(conversion.convert(['1'], STRICT), undefined);
    assert.equal(conversion.convert({ data: '1' }, STRICT), undefined);
  });
}

test('a wrong number of 100,000 digits is refused without trying every split', () => {
  const digits = `${'0'.repeat(100_000)}x`;
  const begin = process.cpuUsage();
  assert.equal(long.convert(digits, STRICT), undefined);
  assert.equal(double.convert(digits, STRICT), undefined);
  assert.ok(process.cpuUsage(begin).user < 1_000_000, 'less than a second of CPU');
});
