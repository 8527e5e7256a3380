import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  differingSettings,
  readIdentity,
  toSettingsCode,
  workerIdentity,
} from '../../../contracts/settings-code.ts';

const SETTINGS = [
  ['TC_URL', 'https://tc.example/api'],
  ['TC_OWNERS', [['Acme']]],
  ['TC_LANES', 2],
] as const;

test('settings that are the same differ in nothing', () => {
  assert.deepEqual(differingSettings(SETTINGS, toSettingsCode(SETTINGS)), []);
});

test('those that differ are named, and no others', () => {
  const other = toSettingsCode([SETTINGS[0], ['TC_OWNERS', [['Other']]], ['TC_LANES', 3]]);
  assert.deepEqual(differingSettings(SETTINGS, other), ['TC_OWNERS', 'TC_LANES']);
});

test('settings of another version of the program are not taken for other values', () => {
  assert.equal(differingSettings(SETTINGS, toSettingsCode(SETTINGS.slice(1))), null);
  assert.equal(differingSettings(SETTINGS, 'no code'), null);
});

test('twelve bits of a value are kept, so that nobody finds it out by trying', () => {
  const [, values = ''] = toSettingsCode(SETTINGS).split('.');
  assert.equal(values.length, 2 * SETTINGS.length);
});

test('an identity says which process it is, and what settings it has', () => {
  const code = toSettingsCode(SETTINGS);
  const identity = workerIdentity('7@host', code);
  assert.deepEqual(readIdentity(identity), { process: '7@host', code });
  assert.deepEqual(readIdentity('7@host'), { process: '7@host', code: null });
});
