import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSizeBytes } from '../../../config/kinds.ts';
import { parseDurationMs } from '../../../contracts/duration.ts';
import { configOf, errorOf, faultsOf } from './environment.ts';

for (const [text, ms] of [
  ['500ms', 500],
  ['0s', 0],
  ['60s', 60_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['60', null],
  ['1.5h', null],
  ['-1s', null],
  ['1 m', null],
  ['1w', null],
  ['1S', null],
  ['s', null],
  ['', null],
] as const) {
  test(`the duration "${text}" is ${ms} ms`, () => assert.equal(parseDurationMs(text), ms));
}

for (const [text, bytes] of [
  ['4096', 4_096],
  ['4096B', 4_096],
  ['64KiB', 65_536],
  ['128MiB', 134_217_728],
  ['1GiB', 1_073_741_824],
  ['128MB', null],
  ['128mib', null],
  ['MiB', null],
  ['1.5GiB', null],
] as const) {
  test(`the size "${text}" is ${bytes} bytes`, () => assert.equal(parseSizeBytes(text), bytes));
}

for (const [text, url] of [
  ['https://app.threatconnect.com', 'https://app.threatconnect.com/api'],
  ['https://app.threatconnect.com/', 'https://app.threatconnect.com/api'],
  ['https://app.threatconnect.com/api', 'https://app.threatconnect.com/api'],
  ['https://app.threatconnect.com/api///', 'https://app.threatconnect.com/api'],
  ['HTTPS://App.ThreatConnect.COM:443/API', 'https://app.threatconnect.com/API/api'],
  ['https://tc.example:8443/threat/api/', 'https://tc.example:8443/threat/api'],
  ['https://tc.example/threat', 'https://tc.example/threat/api'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/api'],
  ['https://api.threatconnect.com/', 'https://api.threatconnect.com'],
  ['https://api.threatconnect.com/api', 'https://api.threatconnect.com/api'],
] as const) {
  test(`requests to the instance ${text} go below ${url}`, () => {
    assert.equal(configOf({ TC_URL: text }).source.url, url);
  });
}

for (const [text, problem] of [
  ['app.threatconnect.com', '"app.threatconnect.com" does not begin with https:// or http://'],
  ['ftp://tc.example', '"ftp://tc.example" does not begin with https:// or http://'],
  ['https://', '"https://" is not an address'],
  ['https:///tc.example', '"https:///tc.example" is not an address'],
  ['https://tc.exam\tple', '"https://tc.exam\\tple" has a blank, a line break or a backslash'],
  [
    'https://tc.example\\api',
    '"https://tc.example\\\\api" has a blank, a line break or a backslash',
  ],
  ['https://tc.example/api/v3', '"https://tc.example/api/v3" continues after the API prefix'],
  ['https://tc.example/?', 'the value has a query or a fragment'],
  ['https://tc.example/#x', 'the value has a query or a fragment'],
  [
    'https://me:pw@tc.example',
    'the value holds a user name or a password, which have their own variables',
  ],
] as const) {
  test(`${text} is refused as the address of an instance`, () => {
    assert.deepEqual(faultsOf({ TC_URL: text }), [`TC_URL: ${problem}`]);
  });
}

for (const text of [
  'https://me:12345/6@tc.example',
  'https://me:Hunter2@Secret#7@tc.example',
  'https://me:12345?6@tc.example',
  'https://me:12345\\6@tc.example',
]) {
  test(`a part of the password in ${text} becomes no address`, () => {
    for (const name of ['TC_URL', 'ES_URL']) {
      const { message } = errorOf({ [name]: text });
      assert.match(message, new RegExp(`${name}: the value holds a user name or a password`));
      assert.doesNotMatch(message, /Hunter2|Secret|12345/);
    }
  });
}

const PROXY_LEFTOVERS = /HTTPS_PROXY: the value (has .*|is not an address): .* write %23 for #/;
for (const text of [
  'http://svc:Hunter2@Secret#7@127.0.0.1:21099',
  'http://svc:Hunter2@Secret/7@127.0.0.1:21099',
  'http://svc:12345/6@127.0.0.1:21099',
  'svc:12345/6@127.0.0.1:21099',
  'http://svc:12345?6@127.0.0.1:21099',
  'http://svc:12345\\6@127.0.0.1:21099',
  'http://svc:Hunter2@7@127.0.0.1:21099',
  'http://svc:123\n45@127.0.0.1:21099',
  'http:///svc:12345@127.0.0.1:21099',
  'http://127.0.0.1:21099/way',
]) {
  test(`the proxy ${JSON.stringify(text)} is refused, and no part of it is printed`, () => {
    const { message } = errorOf({ HTTPS_PROXY: text });
    assert.match(message, PROXY_LEFTOVERS);
    assert.doesNotMatch(message, /Hunter2|Secret|12345|svc|127\.0\.0\.1/);
  });
}

for (const text of [
  'http://proxy.example:3128/',
  'proxy.example:3128',
  'svc:p%40ss%23@proxy.example:3128',
  'http://svc:100%@[::1]:3128',
  'https://svc:a:b@proxy.example',
]) {
  test(`the proxy ${text} is accepted`, () => {
    assert.notEqual(configOf({ HTTPS_PROXY: text }).source.proxy, null);
  });
}

test('a Cloud ID with more than a host in the place of the host is refused', () => {
  const cloud = (host: string) => `name:${Buffer.from(`${host}$abc$def`).toString('base64')}`;
  assert.equal(configOf({ ES_URL: '', ES_CLOUD_ID: cloud('eu.example:9243') }).sink.url, null);
  for (const host of ['me:secret@eu.example', 'eu.example/way', 'eu.example#', 'eu example']) {
    assert.match(faultsOf({ ES_URL: '', ES_CLOUD_ID: cloud(host) }).join(), /is not a Cloud ID$/);
  }
});

test('the address of Elasticsearch keeps its path and loses the slash at its end', () => {
  assert.equal(configOf({ ES_URL: 'https://ES.example/es/' }).sink.url, 'https://es.example/es');
  assert.deepEqual(faultsOf({ ES_URL: 'http://elastic:pw@es' }), [
    'ES_URL: the value holds a user name or a password, which have their own variables',
  ]);
});

const ACTIVE =
  'names indicatorActive: then the end of an indicator that becomes inactive would be lost';
for (const [tql, problem] of [
  ['rating >= 3 AND confidence >= 50', null],
  ['summary = "indicatorActive"', null],
  [String.raw`summary = "a\"indicatorActive" OR tag IN ('it\'s (', "x")`, null],
  ['myIndicatorActiveThing = 1', null],
  ['indicatorActive = false', ACTIVE],
  ['rating > 3 AND (INDICATORACTIVE EQ true)', ACTIVE],
  [String.raw`summary = "a\\" AND indicatoractive = true`, ACTIVE],
  ['hasIndicator(indicatorActive = true)', ACTIVE],
  ['rating > 3) OR (rating < 2', 'has parentheses that do not match'],
  ['(rating > 3', 'has parentheses that do not match'],
  ['summary = "x', 'has a quote that is not closed'],
] as const) {
  test(`the filter ${tql} ${problem === null ? 'is accepted' : problem}`, () => {
    if (problem === null) assert.equal(configOf({ TC_TQL: tql }).feeds[0]?.tql, tql);
    else assert.deepEqual(faultsOf({ TC_TQL: tql }), [`TC_TQL: ${JSON.stringify(tql)} ${problem}`]);
  });
}

const GENERIC =
  'with which ThreatConnect sends value1 to value3 in place of a type\'s own keys ("AS Number", "Block", "Key Name" and others), so that documents would lack these values';

for (const [fields, problem] of [
  ['associatedGroups.attributes.securityLabels', null],
  ['associatedIndicators.threatAssess,customAssociations.tags,userDetails', null],
  ['tag', 'names "tag", which is an unknown field'],
  ['Tags', 'names "Tags", which is an unknown field'],
  ['_all_', 'names "_all_", which is an unknown field'],
  ['tags.name', 'names "tags.name", but tags has no fields of its own'],
  ['associatedGroups.', 'names "associatedGroups.", which is not a dot path'],
  ['tags,genericCustomIndicatorValues', `names "genericCustomIndicatorValues", ${GENERIC}`],
  [
    'associatedIndicators.genericCustomIndicatorValues',
    `names "associatedIndicators.genericCustomIndicatorValues", ${GENERIC}`,
  ],
  ['associatedGroups.a&b=c', 'names "associatedGroups.a&b=c", which is not a dot path'],
] as const) {
  test(`the fields ${fields} ${problem === null ? 'are requested' : `are refused: ${problem}`}`, () => {
    if (problem === null)
      assert.deepEqual(configOf({ TC_FIELDS: fields }).feeds[0]?.fields, fields.split(','));
    else assert.deepEqual(faultsOf({ TC_FIELDS: fields }), [`TC_FIELDS: "${fields}" ${problem}`]);
  });
}

test('a fault of an unknown field lists the known ones', () => {
  assert.throws(
    () => configOf({ TC_FIELDS: 'labels' }),
    /expected a list of .*securityLabels.*whoIs/,
  );
});

test('lists are trimmed, without empty and repeated members; custom types are allowed', () => {
  const [feed] = configOf({
    TC_OWNERS: ' Acme , ,Common Community,Acme',
    TC_TYPES: 'Filename,Host,',
  }).feeds;
  assert.deepEqual(feed?.owners, ['Acme', 'Common Community']);
  assert.deepEqual(feed?.types, ['Filename', 'Host']);
  assert.deepEqual(configOf({ TCSYNC_TAGS: ',' }).program.tags, []);
});

for (const namespace of ['default', 'prod_eu.1', 'ключ', 'x'.repeat(100)]) {
  test(`the namespace ${namespace} is accepted`, () => {
    assert.equal(configOf({ TCSYNC_NAMESPACE: namespace }).program.namespace, namespace);
  });
}

for (const namespace of [
  ...Array.from('*\\/?"<>|,#:-'),
  'a b',
  'a\tb',
  'Prod',
  'ß'.repeat(51),
  'x'.repeat(101),
]) {
  test(`the namespace ${JSON.stringify(namespace)}, which Fleet refuses, is refused`, () => {
    assert.match(faultsOf({ TCSYNC_NAMESPACE: namespace }).join(), /^TCSYNC_NAMESPACE: [^:]/);
  });
}

for (const text of ['90', '30s', '2w', '0d', '-5d', '1.5d', 'd', '90D', '100000d']) {
  test(`the expiration ${text} is refused, because upstream reads it as 90 days or as no end`, () => {
    assert.deepEqual(faultsOf({ TCSYNC_IOC_EXPIRATION: text }), [
      `TCSYNC_IOC_EXPIRATION: "${text}" is malformed`,
    ]);
  });
}

for (const text of ['1m', '12h', '90d', '99999d']) {
  test(`the expiration ${text} is accepted unchanged`, () => {
    assert.equal(configOf({ TCSYNC_IOC_EXPIRATION: text }).program.iocExpiration, text);
  });
}

for (const [name, least, below, most, above] of [
  ['TC_PAGE_SIZE', '1', '0', '10000', '10001'],
  ['TC_LANES', '1', '0', '16', '17'],
  ['TC_REQUESTS_PER_SECOND', '0.01', '0', '1000', '1000.5'],
  ['TC_HTTP_TIMEOUT', '1s', '999ms', '4m', '241s'],
  ['TC_MAX_BODY', '1MiB', '1048575', '256MiB', '257MiB'],
  ['ES_TRANSFORM_FREQUENCY', '1s', '0s', '1h', '61m'],
  ['TCSYNC_SYNC_EVERY', '1s', '0s', '7d', '8d'],
  ['TCSYNC_MAX_REJECTS_PERCENT', '0', '-1', '100', '101'],
  ['TCSYNC_HTTP_PORT', '0', '-1', '65535', '65536'],
] as const) {
  test(`${name} accepts ${least} to ${most} and nothing beyond`, () => {
    configOf({ [name]: least });
    configOf({ [name]: most });
    assert.deepEqual(faultsOf({ [name]: below }), [`${name}: "${below}" is below ${least}`]);
    assert.deepEqual(faultsOf({ [name]: above }), [`${name}: "${above}" is above ${most}`]);
  });
}

test('numbers are what people write, not what JavaScript reads', () => {
  for (const text of ['1e3', '0x10', '1_000', '2000.0', 'Infinity', 'NaN'])
    assert.deepEqual(faultsOf({ TC_PAGE_SIZE: text }), [
      `TC_PAGE_SIZE: "${text}" is not a whole number`,
    ]);
});

test('false is not true', () => {
  for (const text of ['false', '0', 'no', 'OFF'])
    assert.equal(
      configOf({ TCSYNC_PRESERVE_ORIGINAL_EVENT: text }).program.preserveOriginalEvent,
      false,
    );
  for (const text of ['true', '1', 'yes', 'On'])
    assert.equal(
      configOf({ TCSYNC_PRESERVE_ORIGINAL_EVENT: text }).program.preserveOriginalEvent,
      true,
    );
  assert.deepEqual(faultsOf({ TCSYNC_PRESERVE_ORIGINAL_EVENT: 'maybe' }), [
    'TCSYNC_PRESERVE_ORIGINAL_EVENT: "maybe" is neither true nor false',
  ]);
});

test('durations of Elasticsearch are passed on unchanged', () => {
  const { program } = configOf({ ES_TRANSFORM_DELAY: '1500ms', ES_ILM_DELETE: '36h' });
  assert.deepEqual([program.transformDelay, program.ilmDelete], ['1500ms', '36h']);
});

test('choices do not depend on case', () => {
  assert.equal(configOf({ TCSYNC_LOG_LEVEL: 'WARN' }).worker.logLevel, 'warn');
});

test('an access id that would break the header is refused and not quoted', () => {
  for (const id of ['12 34', '12:34', 'ключ'])
    assert.deepEqual(faultsOf({ TC_ACCESS_ID: id }), ['TC_ACCESS_ID: the value is malformed']);
});
