import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { secretsOf } from '../../../config/config.ts';
import { configOf, faultsOf } from './environment.ts';

const PEM = `${rootCertificates[0]}\n`;

test('four variables are enough; the others have the documented defaults', () => {
  const { source, feeds, sink, program, worker } = configOf();
  assert.deepEqual(
    { ...source, credentials: null },
    {
      url: 'https://tc.example/api',
      accessId: '12345678901234567890',
      credentials: null,
      httpTimeoutMs: 120_000,
      maxBodyBytes: 128 * 1024 * 1024,
      requestsPerSecond: 10,
      ca: null,
      proxy: null,
    },
  );
  assert.deepEqual(feeds, [
    {
      name: 'default',
      owners: [],
      types: [],
      tql: null,
      fields: [
        'attributes',
        'securityLabels',
        'tags',
        'threatAssess',
        'sightings',
        'falsePositives',
        'externalDates',
        'associatedGroups',
        'associatedIndicators',
      ],
      schedule: { everyMs: 300_000 },
    },
  ]);
  assert.deepEqual(sink, {
    url: 'http://127.0.0.1:9200',
    cloudId: null,
    auth: { kind: 'none' },
    installerAuth: { kind: 'none' },
    ca: null,
    caFingerprint: null,
  });
  assert.deepEqual(program, {
    pageSize: 2_000,
    lanes: 2,
    maxAssociations: 10_000,
    safetyLagMs: 60_000,
    overlapMs: 300_000,
    initialIntervalMs: null,
    maxRejectsPercent: 10,
    maxEndingsPercent: 5,
    verifyEveryMs: 86_400_000,
    transformDelay: '120s',
    transformFrequency: '30s',
    ilmRollover: '1d',
    ilmDelete: '7d',
    keepPreviousMs: 604_800_000,
    assets: 'own',
    namespace: 'default',
    pipeline: '_none',
    profile: 'enriched',
    expiry: 'confirmed',
    iocExpiration: '90d',
    timestamp: 'modified',
    tags: ['forwarded', 'threatconnect-indicator'],
    preserveOriginalEvent: false,
    people: 'keep',
    passwords: 'drop',
  });
  assert.deepEqual(worker, {
    listenAddress: '127.0.0.1',
    httpPort: 8085,
    metricsPort: 9464,
    logLevel: 'info',
    buildId: null,
  });
});

test('an empty or blank variable is unset, so a line of .env can be emptied', () => {
  const { program, worker } = configOf({
    TC_PAGE_SIZE: '',
    TC_INITIAL_INTERVAL: '  ',
    TCSYNC_BUILD_ID: '',
    TC_API_TOKEN: '',
    TC_SECRET_KEY_FILE: '',
  });
  assert.equal(program.pageSize, 2_000);
  assert.equal(program.initialIntervalMs, null);
  assert.equal(worker.buildId, null);
});

test('blanks around a value, such as the CR of a Windows file, are ignored', () => {
  assert.equal(configOf({ TC_PAGE_SIZE: ' 500\r' }).program.pageSize, 500);
});

test('access id with secret key, or a token alone, identify the API user', () => {
  const hmac = configOf().source.credentials;
  assert.ok(hmac.scheme === 'hmac');
  assert.deepEqual(
    [hmac.accessId, hmac.secretKey.reveal()],
    ['12345678901234567890', 'a secret key'],
  );
  const token = configOf({ TC_ACCESS_ID: '', TC_SECRET_KEY: '', TC_API_TOKEN: 'APIV2:1:x' });
  assert.ok(token.source.credentials.scheme === 'token');
  assert.equal(token.source.credentials.token.reveal(), 'APIV2:1:x');
});

test('an incomplete or doubled set of ThreatConnect credentials is refused', () => {
  const why = 'TC_ACCESS_ID and TC_SECRET_KEY, or TC_API_TOKEN alone, are needed';
  assert.deepEqual(faultsOf({ TC_ACCESS_ID: '', TC_SECRET_KEY: '' }), [
    `TC_ACCESS_ID: missing: ${why}`,
    `TC_SECRET_KEY: missing: ${why}`,
  ]);
  assert.deepEqual(faultsOf({ TC_SECRET_KEY: '' }), [`TC_SECRET_KEY: missing: ${why}`]);
  assert.deepEqual(faultsOf({ TC_ACCESS_ID: '', TC_API_TOKEN: 'x' }), [
    'TC_API_TOKEN: is set together with TC_SECRET_KEY',
  ]);
  assert.deepEqual(faultsOf({ TC_API_TOKEN: 'x' }), [
    'TC_API_TOKEN: is set together with TC_ACCESS_ID and TC_SECRET_KEY',
  ]);
});

test('Elasticsearch is reached by address or by Cloud ID, never by both or neither', () => {
  const cloudId = `main:${btoa('eu.example.com$abc$def')}`;
  assert.equal(configOf({ ES_URL: '', ES_CLOUD_ID: cloudId }).sink.cloudId, cloudId);
  assert.deepEqual(faultsOf({ ES_CLOUD_ID: cloudId }), [
    'ES_CLOUD_ID: is set together with ES_URL',
  ]);
  assert.deepEqual(faultsOf({ ES_URL: '' }), ['ES_URL: missing: ES_URL or ES_CLOUD_ID is needed']);
  assert.deepEqual(faultsOf({ ES_URL: '', ES_CLOUD_ID: 'main:bm90aGluZw==' }), [
    'ES_CLOUD_ID: "main:bm90aGluZw==" is not a Cloud ID',
  ]);
});

test('Elasticsearch is used with a key, with a user, or without credentials', () => {
  const key = configOf({ ES_API_KEY: 'a2V5' }).sink;
  assert.ok(key.auth.kind === 'apiKey');
  assert.equal(key.auth.apiKey.reveal(), 'a2V5');
  assert.equal(key.installerAuth, key.auth);

  const user = configOf({ ES_USERNAME: 'me', ES_PASSWORD: 'pw' }).sink;
  assert.ok(user.auth.kind === 'basic');
  assert.deepEqual([user.auth.username, user.auth.password.reveal()], ['me', 'pw']);

  assert.deepEqual(faultsOf({ ES_USERNAME: 'me' }), [
    'ES_PASSWORD: missing: needed together with ES_USERNAME',
  ]);
  assert.deepEqual(faultsOf({ ES_PASSWORD: 'pw' }), [
    'ES_USERNAME: missing: needed together with ES_PASSWORD',
  ]);
  assert.deepEqual(faultsOf({ ES_API_KEY: 'a2V5', ES_USERNAME: 'me', ES_PASSWORD: 'pw' }), [
    'ES_API_KEY: is set together with ES_USERNAME and ES_PASSWORD',
  ]);
});

test('the installer may have a key of its own', () => {
  const { auth, installerAuth } = configOf({ ES_INSTALLER_API_KEY: 'aW5z' }).sink;
  assert.deepEqual(auth, { kind: 'none' });
  assert.ok(installerAuth.kind === 'apiKey');
  assert.equal(installerAuth.apiKey.reveal(), 'aW5z');
});

test('a fingerprint is accepted with and without colons, and only for https', () => {
  const digits = 'ab'.repeat(32);
  const colons = Array.from({ length: 32 }, () => 'AB').join(':');
  for (const given of [digits, colons, colons.toLowerCase()]) {
    const { sink } = configOf({ ES_URL: 'https://es.example', ES_CA_FINGERPRINT: given });
    assert.equal(sink.caFingerprint, colons);
  }
  assert.deepEqual(faultsOf({ ES_CA_FINGERPRINT: digits }), [
    'ES_CA_FINGERPRINT: is set, but ES_URL is not https',
  ]);
  assert.deepEqual(faultsOf({ ES_URL: 'https://es.example', ES_CA_FINGERPRINT: 'ab:cd' }), [
    'ES_CA_FINGERPRINT: "ab:cd" does not have 64 hexadecimal digits',
  ]);
});

test('profile compatible ends indicators as upstream does, and refuses TCSYNC_EXPIRY=confirmed', () => {
  assert.equal(configOf({ TCSYNC_OUTPUT_PROFILE: 'compatible' }).program.expiry, 'fixed');
  assert.equal(configOf({ TCSYNC_EXPIRY: 'fixed' }).program.expiry, 'fixed');
  assert.deepEqual(faultsOf({ TCSYNC_OUTPUT_PROFILE: 'compatible', TCSYNC_EXPIRY: 'confirmed' }), [
    'TCSYNC_EXPIRY: "confirmed" is not possible with TCSYNC_OUTPUT_PROFILE=compatible, which is always fixed',
  ]);
});

test('the two servers of the program may not have the same port', () => {
  assert.deepEqual(faultsOf({ TCSYNC_HTTP_PORT: '9464' }), [
    'TCSYNC_METRICS_PORT: "9464" is also the port of TCSYNC_HTTP_PORT',
  ]);
  const { worker } = configOf({ TCSYNC_HTTP_PORT: '0', TCSYNC_METRICS_PORT: '0' });
  assert.deepEqual([worker.httpPort, worker.metricsPort], [0, 0]);
});

test('an authority is read from its file, and a file without a certificate is refused with its path', () => {
  const contents = new Map([
    ['/good.pem', `# ours\r\n${PEM}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`],
    ['/key.pem', '-----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----\n'],
    ['/bad.pem', '-----BEGIN CERTIFICATE-----\ns3cr3t\n-----END CERTIFICATE-----\n'],
    ['/empty.pem', '\n'],
  ]);
  const readFile = (path: string): Uint8Array => {
    const content = contents.get(path);
    if (content === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
    return Buffer.from(content);
  };
  const options = { readFile, cwd: '/' };
  assert.equal(configOf({ TC_CA_FILE: 'good.pem' }, options).source.ca, PEM);
  assert.equal(configOf({ ES_CA_FILE: '/good.pem' }, options).sink.ca, PEM);
  assert.deepEqual(faultsOf({ TC_CA_FILE: '/key.pem', ES_CA_FILE: '/bad.pem' }, options), [
    'TC_CA_FILE: "/key.pem" holds no PEM certificate',
    'ES_CA_FILE: "/bad.pem" holds a certificate that cannot be read',
  ]);
  assert.deepEqual(faultsOf({ TC_CA_FILE: '/empty.pem', ES_CA_FILE: '/none.pem' }, options), [
    'TC_CA_FILE: "/empty.pem" is empty',
    'ES_CA_FILE: "/none.pem" does not exist',
  ]);
});

test('a proxy is for https sources and keeps its password', () => {
  const { source } = configOf({ HTTPS_PROXY: 'http://me:pw@proxy:3128', NO_PROXY: 'localhost' });
  assert.equal(source.proxy?.url.reveal(), 'http://me:pw@proxy:3128/');
  assert.equal(source.proxy.noProxy, 'localhost');
  assert.equal(
    configOf({ HTTPS_PROXY: 'proxy:3128' }).source.proxy?.url.reveal(),
    'http://proxy:3128/',
  );
  assert.equal(configOf({ HTTPS_PROXY: 'http://proxy', TC_URL: 'http://tc' }).source.proxy, null);
  const both = configOf({ HTTPS_PROXY: 'http://upper', https_proxy: 'http://lower' });
  assert.equal(both.source.proxy?.url.reveal(), 'http://lower/');
  assert.deepEqual(faultsOf({ HTTPS_PROXY: 'socks5://me:pw@proxy' }), [
    'HTTPS_PROXY: the value is neither an http nor an https proxy',
  ]);
});

test('redaction knows every secret, also in the two spellings of a proxy’s password', () => {
  const config = configOf({
    ES_USERNAME: 'me',
    ES_PASSWORD: 'es password',
    ES_INSTALLER_API_KEY: 'installer key',
    HTTPS_PROXY: 'http://me:p%40ss@proxy:3128',
  });
  assert.deepEqual(secretsOf(config), [
    'a secret key',
    'es password',
    'installer key',
    'http://me:p%40ss@proxy:3128/',
    'p%40ss',
    'p@ss',
  ]);
  assert.deepEqual(secretsOf(configOf({ HTTPS_PROXY: 'http://proxy' })), ['a secret key']);
});
