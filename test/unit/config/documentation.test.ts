import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { loadConfig } from '../../../config/load.ts';
import { namesOf } from '../../../config/setting.ts';
import { settingsPage, envExample } from '../../../config/settings-docs.ts';
import { SETTINGS } from '../../../config/settings.ts';
import { MINIMAL, configOf } from './environment.ts';

const ROOT = join(import.meta.dirname, '../../..');
const EXAMPLE = envExample();
/** A setting that is commented out has no blank after its `#`; prose has one. */
const UNCOMMENTED = EXAMPLE.replaceAll(/^#(?=\w+=)/gm, '');

test('docs/settings.md and .env.example are up to date with the declarations (`npm run docs` writes them)', () => {
  assert.ok(readFileSync(join(ROOT, 'docs/settings.md'), 'utf8').endsWith(`\n${settingsPage()}`));
  assert.equal(readFileSync(join(ROOT, '.env.example'), 'utf8'), EXAMPLE);
});

test('every variable is in .env.example, and nothing else is', () => {
  assert.deepEqual(Object.keys(parseEnv(UNCOMMENTED)).sort(), SETTINGS.flatMap(namesOf).sort());
});

test('.env.example shows the defaults that apply', () => {
  const shown = parseEnv(UNCOMMENTED);
  for (const { variable, defaultText } of SETTINGS)
    assert.equal(shown[variable], defaultText ?? '', variable);
});

test('.env.example and the page mark settings that have no effect yet', () => {
  for (const { variable, isPending } of SETTINGS) {
    const block = EXAMPLE.split('\n\n').find((text) =>
      new RegExp(`^#?${variable}=`, 'm').test(text),
    );
    const item = settingsPage()
      .split('\n- ')
      .find((text) => text.startsWith(`**\`${variable}\`**`));
    for (const text of [block?.replaceAll('\n# ', ' '), item?.replaceAll('\n  ', ' ')])
      assert.equal(text?.includes('(not in effect yet)'), isPending ?? false, text);
  }
});

test('an unchanged .env.example has no fault except for the missing settings that are needed', () => {
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

test('every example that a fault shows is valid', () => {
  for (const { variable, example, file } of SETTINGS) {
    if (example === '' || file === 'always' || variable === 'TCSYNC_CONFIG') continue;
    const value = parseEnv(`${variable}=${example}`);
    const others = { ES_CLOUD_ID: { ES_URL: '' }, ES_USERNAME: { ES_PASSWORD: 'x' } };
    const https = variable === 'ES_CA_FINGERPRINT' ? { ES_URL: 'https://es.example' } : {};
    configOf({ ...https, ...Reflect.get(others, variable), ...value });
  }
});

test('the page shows meaning, unit, default and need', () => {
  const items = settingsPage().split('\n');
  for (const item of [
    '- **`TC_URL`** (needed): address of the ThreatConnect instance. Example: `https://app.threatconnect.com`.',
    '- **`TC_HTTP_TIMEOUT`** = `2m` (1s to 4m): longest wait for an answer to begin, and for its next bytes.',
    '- **`TC_SECRET_KEY`** (needed, or `TC_API_TOKEN`): secret key of the API user. Also as `TC_SECRET_KEY_FILE`.',
  ]) {
    assert.ok(items.includes(item), item);
  }
});
