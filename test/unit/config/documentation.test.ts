import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { NAMES, VARIABLES } from '../../../config/groups.ts';
import { loadConfig } from '../../../config/load.ts';
import { configTable } from '../../../config/settings-page.ts';
import { MINIMAL, configOf } from './environment.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../../.env.example'), 'utf8');
/** A line that is out of use has no blank after its `#`; prose has one. */
const UNCOMMENTED = EXAMPLE.replaceAll(/^#(?=\w+=)/gm, '');

test('every variable is in .env.example, and nothing else is', () => {
  assert.deepEqual(Object.keys(parseEnv(UNCOMMENTED)).sort(), [...NAMES].sort());
});

test('.env.example shows the defaults that apply', () => {
  const shown = parseEnv(UNCOMMENTED);
  for (const [name, { defaultText }] of VARIABLES)
    assert.equal(shown[name], defaultText ?? '', name);
});

test('.env.example and the table tell what has no effect yet', () => {
  const rows = configTable().split('\n');
  for (const [name, { pending }] of VARIABLES) {
    const block = EXAMPLE.split('\n\n').find((text) => new RegExp(`^#?${name}=`, 'm').test(text));
    const row = rows.find((text) => text.startsWith(`| \`${name}\``));
    for (const text of [block, row])
      assert.equal(text?.includes('(not in effect yet)'), pending ?? false, text);
  }
});

test('.env.example as it is lacks what is needed and has no other fault', () => {
  assert.throws(
    () => loadConfig(parseEnv(EXAMPLE), { cwd: import.meta.dirname }),
    ({ faults }: { faults: { name: string }[] }) => {
      assert.deepEqual(
        faults.map(({ name }) => name),
        ['TC_URL', 'TC_ACCESS_ID', 'TC_SECRET_KEY', 'ES_URL'],
      );
      return true;
    },
  );
  loadConfig({ ...parseEnv(EXAMPLE), ...MINIMAL }, { cwd: import.meta.dirname });
});

test('every example that a fault shows is right itself', () => {
  for (const [name, { example, file }] of VARIABLES) {
    if (example === '' || file === 'always' || name === 'TCSYNC_CONFIG') continue;
    const value = parseEnv(`${name}=${example}`);
    const others = { ES_CLOUD_ID: { ES_URL: '' }, ES_USERNAME: { ES_PASSWORD: 'x' } };
    const https = name === 'ES_CA_FINGERPRINT' ? { ES_URL: 'https://es.example' } : {};
    configOf({ ...https, ...Reflect.get(others, name), ...value });
  }
});

test('the table has a row of four cells for every variable', () => {
  const rows = configTable()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  assert.equal(rows.length, VARIABLES.size);
  for (const row of rows) assert.equal(row.split(/(?<!\\)\|/).length, 6, row);
});

test('the table shows meaning, unit, default and need', () => {
  const rows = configTable().split('\n');
  assert.ok(rows.includes('| `TC_URL` | address of the ThreatConnect instance |  | yes |'));
  assert.ok(
    rows.includes(
      '| `TC_HTTP_TIMEOUT` | longest wait for an answer, and for more of it (1s to 4m) | `2m` | no |',
    ),
  );
  assert.ok(rows.some((row) => row.startsWith('| `TC_SECRET_KEY`, `TC_SECRET_KEY_FILE` |')));
});
