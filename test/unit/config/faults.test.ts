import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { namesOf } from '../../../config/setting.ts';
import { SETTINGS } from '../../../config/settings.ts';
import { errorOf, MINIMAL, faultsOf } from './environment.ts';

test('ten faults are reported together, in the order of docs/settings.md', () => {
  const problems = faultsOf({
    TCSYNC_LOG_LEVEL: 'loud',
    TCSYNC_NAMESPACE: 'Prod',
    TCSYNC_IOC_EXPIRATION: '90',
    TC_URL: '',
    TC_SECRET_KEY: '',
    TC_PAGE_SIZE: '20000',
    TC_OVERLAP: '300',
    TC_FIELDS: 'tags,labels',
    TC_PAGESIZE: '5',
    ES_API_KEY_FILE: '/does/not/exist',
  });
  assert.deepEqual(problems, [
    'TC_URL: missing',
    'TC_SECRET_KEY: missing: TC_ACCESS_ID and TC_SECRET_KEY, or TC_API_TOKEN alone, are needed',
    'TC_FIELDS: "tags,labels" names "labels", which is an unknown field',
    'TC_PAGE_SIZE: "20000" is above 10000',
    'TC_OVERLAP: "300" is not a duration',
    'ES_API_KEY_FILE: "/does/not/exist" does not exist',
    'TCSYNC_NAMESPACE: "Prod" has upper-case letters',
    'TCSYNC_IOC_EXPIRATION: "90" is malformed',
    'TCSYNC_LOG_LEVEL: "loud" is not one of them',
    'TC_PAGESIZE: is unknown (did you mean TC_PAGE_SIZE?)',
  ]);
});

test('a fault says what is wrong, what is expected, and shows a valid line', () => {
  assert.equal(
    errorOf({ TC_PAGE_SIZE: '20000', TC_LANES: '0' }).message,
    [
      'the configuration has 2 faults',
      '  TC_PAGE_SIZE: "20000" is above 10000; expected a whole number from 1 to 10000; example: TC_PAGE_SIZE=2000',
      '  TC_LANES: "0" is below 1; expected a whole number from 1 to 16; example: TC_LANES=2',
    ].join('\n'),
  );
});

test('a quoted value is short and on one line', () => {
  const [problem] = faultsOf({ TC_TQL: `"\n${'x'.repeat(500)}` });
  assert.equal(problem, `TC_TQL: "\\"\\n${'x'.repeat(58)}"… has a quote that is not closed`);
});

for (const [slip, meant] of [
  ['TC_PAGESIZE', 'TC_PAGE_SIZE'],
  ['TC_SECRET', 'TC_SECRET_KEY'],
  ['TC_URL_FILE', 'TC_URL'],
  ['TCSYNC_PAGE_SIZE', 'TC_PAGE_SIZE'],
  ['TC_INTERVAL', 'TC_INITIAL_INTERVAL'],
  ['ES_PASWORD_FILE', 'ES_PASSWORD_FILE'],
] as const) {
  test(`${slip}, a typing error for ${meant}, is reported`, () => {
    assert.deepEqual(faultsOf({ [slip]: 'x' }), [`${slip}: is unknown (did you mean ${meant}?)`]);
  });
}

test('an unknown variable that is similar to none is refused without a suggestion', () => {
  assert.deepEqual(faultsOf({ ES_JAVA_OPTS: '-Xmx1g' }), ['ES_JAVA_OPTS: is unknown']);
});

test('variables of other programs and of the stand-ins, and empty ones, are no fault', () => {
  assert.throws(() => errorOf({ TC_SIM_PORT: '1', TC_OLD: '', TEMPORAL_ADDRESS: 'x', PATH: '/' }), {
    message: 'there is no fault',
  });
});

test('no message holds a secret, even if it was pasted into the wrong variable', () => {
  const secret = 's3cr3t$%Key/+=&with^odd!chars';
  const places = [
    { TC_SECRET_KEY: secret, TC_API_TOKEN: secret },
    { TC_SECRET_KEY: secret, TC_ACCESS_ID: `a b ${secret}` },
    { TC_URL: `https://me:${secret.replaceAll('/', '')}@tc.example` },
    { TC_URL: `https://tc.example?key=${secret}` },
    { TC_SECRET_KEY: secret, TC_PAGE_SIZE: secret },
    { TC_SECRET_KEY: secret, TC_FIELDS: `tags,${secret}` },
    { TC_SECRET_KEY: secret, TC_FIELDS: `${'x'.repeat(50)}${secret}` },
    { ES_API_KEY: secret, ES_USERNAME: `a:${secret}` },
    { HTTPS_PROXY: `socks://me:${secret}@proxy` },
    { TC_SECRETKEY: secret },
    { TC_SECRET_KEY_FILE: '', TC_SECRET_KEY: secret, TC_LANES: `x${secret}` },
    { TC_SECRET_KEY_FILE: '/does/not/exist', TC_SECRET_KEY: secret },
  ];
  for (const place of places) {
    const error = errorOf(place);
    for (const text of [error.message, String(error.stack), inspect(error, { depth: 9 })])
      assert.ok(!text.includes('s3cr3t'), text);
  }
});

test('a value that holds a secret is not quoted, but the reason is given', () => {
  assert.deepEqual(faultsOf({ TC_SECRET_KEY: '2', TC_LANES: '22', TC_FIELDS: 'tag2' }), [
    'TC_FIELDS: the value names [not shown], which is an unknown field',
    'TC_LANES: the value is above 16',
  ]);
});

test('any environment gives a configuration or faults, and never crashes', () => {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('1', '5m', 'https://x', ',', '"', '(', 'true'),
  );
  const names = SETTINGS.flatMap(namesOf);
  const environment = fc.dictionary(fc.constantFrom(...names, 'TC_X', 'ES_', 'TCSYNC__'), value);
  fc.assert(
    fc.property(environment, (env) => {
      const { faults } = errorOf({ ...env, TC_PAGE_SIZE: 'many' });
      assert.ok(faults.some(({ name }) => name === 'TC_PAGE_SIZE'));
      for (const { name, fault, expected, example } of faults) {
        assert.ok(!/[\n\r]/.test(name + fault + expected + example));
        assert.ok(name && fault && expected && example);
      }
    }),
  );
});

test('the minimal environment of these tests has no fault', () => {
  assert.throws(() => errorOf({ ...MINIMAL }), { message: 'there is no fault' });
});
