import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TI } from '../compatible/map.ts';
import { mapped } from './enrich.ts';

for (const [keyName, valueName, expected] of [
  [
    'HKEY_LOCAL_MACHINE\\Software\\Bad',
    'Run',
    { hive: 'HKLM', key: 'Software\\Bad', path: 'HKLM\\Software\\Bad\\Run', value: 'Run' },
  ],
  ['hkey_current_user\\x', undefined, { hive: 'HKCU', key: 'x', path: 'HKCU\\x' }],
  ['HKEY_USERS\\x\\', '', { hive: 'HKU', key: 'x', path: 'HKU\\x' }],
  ['HKEY_CLASSES_ROOT\\x', ' ', { hive: 'HKCR', key: 'x', path: 'HKCR\\x', value: ' ' }],
  ['HKEY_CURRENT_CONFIG\\x', undefined, { hive: 'HKCC', key: 'x', path: 'HKCC\\x' }],
  ['hklm\\x', 'v', { hive: 'HKLM', key: 'x', path: 'HKLM\\x\\v', value: 'v' }],
  ['HKU\\x\\\\', undefined, { hive: 'HKU', key: 'x\\', path: 'HKU\\x\\' }],
  ['HKLM', undefined, { hive: 'HKLM', path: 'HKLM' }],
  ['HKEY_NONE\\x\\', 'v', { key: 'HKEY_NONE\\x', path: 'HKEY_NONE\\x', value: 'v' }],
  ['Software\\Bad', undefined, { key: 'Software\\Bad', path: 'Software\\Bad' }],
  ['', 'v', { value: 'v' }],
] as const) {
  test(`the registry key ${keyName} with the value ${valueName} is written as by Defend`, () => {
    const record = { type: 'Registry Key', 'Key Name': keyName, 'Value Name': valueName };
    assert.deepEqual(mapped(record, `${TI}.registry`), expected);
  });
}

test('a custom type’s key stays as in the integration', () => {
  const record = { type: 'My Registry Key', 'Key Name': 'HKEY_USERS\\x' };
  assert.deepEqual(mapped(record, `${TI}.registry`), { path: 'HKEY_USERS\\x' });
});
