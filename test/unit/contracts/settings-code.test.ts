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

test('equal settings have no difference', () => {
  assert.deepEqual(differingSettings(SETTINGS, toSettingsCode(SETTINGS)), []);
});

test('only the settings that differ are named', () => {
  const other = toSettingsCode([SETTINGS[0], ['TC_OWNERS', [['Other']]], ['TC_LANES', 3]]);
  assert.deepEqual(differingSettings(SETTINGS, other), ['TC_OWNERS', 'TC_LANES']);
});

test('settings of another version of the program are not reported as different values', () => {
  assert.equal(differingSettings(SETTINGS, toSettingsCode(SETTINGS.slice(1))), null);
  assert.equal(differingSettings(SETTINGS, 'no code'), null);
});

test('the code keeps only twelve bits of a value, so that nobody can find the value by trying', () => {
  const [, values = ''] = toSettingsCode(SETTINGS).split('.');
  assert.equal(values.length, 2 * SETTINGS.length);
});

test('an identity holds the process and the code of its settings', () => {
  const code = toSettingsCode(SETTINGS);
  const identity = workerIdentity('7@host', code);
  assert.deepEqual(readIdentity(identity), { process: '7@host', code });
  assert.deepEqual(readIdentity('7@host'), { process: '7@host', code: null });
});
