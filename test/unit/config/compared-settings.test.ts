import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparedSettings } from '../../../config/compared-settings.ts';
import { secretsOf } from '../../../config/config.ts';
import { SETTINGS } from '../../../config/settings.ts';
import { differingSettings, toSettingsCode } from '../../../contracts/settings-code.ts';
import { configOf } from './environment.ts';

/** Variables that may differ between the command line and a worker, or that must not be compared. */
const LEFT_OUT = new Set(
  [
    // secrets, and the user of Elasticsearch
    'TC_SECRET_KEY TC_API_TOKEN ES_API_KEY ES_INSTALLER_API_KEY ES_USERNAME ES_PASSWORD',
    // the network path, which may differ between machines
    'TC_CA_FILE HTTPS_PROXY NO_PROXY ES_CA_FILE ES_CA_FINGERPRINT',
    'TC_HTTP_TIMEOUT TC_REQUESTS_PER_SECOND',
    // settings of one process; the feeds in the file are compared, not its path
    'TCSYNC_CONFIG TCSYNC_LISTEN_ADDRESS TCSYNC_HTTP_PORT TCSYNC_METRICS_PORT TCSYNC_LOG_LEVEL TCSYNC_BUILD_ID',
  ].flatMap((names) => names.split(' ')),
);

test('every variable is compared, or left out on purpose', () => {
  const compared = new Set<string>(comparedSettings(configOf()).map(([name]) => name));
  const forgotten = SETTINGS.map(({ variable }) => variable).filter(
    (name) => !compared.has(name) && !LEFT_OUT.has(name),
  );
  assert.deepEqual(forgotten, []);
  assert.deepEqual(
    [...LEFT_OUT].filter((name) => compared.has(name)),
    [],
  );
});

test('no secret is compared', () => {
  const config = configOf({ ES_USERNAME: 'u', ES_PASSWORD: 'a password' });
  const text = JSON.stringify(comparedSettings(config));
  for (const secret of secretsOf(config)) assert.ok(!text.includes(secret));
});

for (const [name, value] of [
  ['TC_URL', 'https://other.example'],
  ['TC_ACCESS_ID', '1'],
  ['TC_OWNERS', 'Acme'],
  ['TC_TYPES', 'Host'],
  ['TC_TQL', 'rating > 3'],
  ['TC_FIELDS', 'tags'],
  ['ES_URL', 'http://127.0.0.1:9201'],
  ['TCSYNC_SYNC_EVERY', '1h'],
  ['TCSYNC_IOC_EXPIRATION', '30d'],
  ['TCSYNC_TAGS', 'x'],
] as const) {
  test(`a different ${name} is named`, () => {
    const code = toSettingsCode(comparedSettings(configOf({ [name]: value })));
    assert.deepEqual(differingSettings(comparedSettings(configOf()), code), [name]);
  });
}

test('different cron expressions, and different time zones, are named', () => {
  const of = (env: Record<string, string>) => comparedSettings(configOf(env));
  const code = toSettingsCode(of({ TCSYNC_SYNC_CRON: '0 6 * * *' }));
  const differing = (env: Record<string, string>) => differingSettings(of(env), code);
  assert.deepEqual(differing({ TCSYNC_SYNC_CRON: '0 7 * * *' }), ['TCSYNC_SYNC_CRON']);
  const zone = { TCSYNC_SYNC_CRON: '0 6 * * *', TCSYNC_TIMEZONE: 'Europe/Berlin' };
  assert.deepEqual(differing(zone), ['TCSYNC_TIMEZONE']);
});

test('a different order of owners is no difference', () => {
  const [a, b] = ['One,Two', 'Two,One'].map((owners) =>
    comparedSettings(configOf({ TC_OWNERS: owners })),
  );
  assert.deepEqual(a, b);
});
