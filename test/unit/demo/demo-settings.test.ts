import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDemoArguments, settingsOf, withoutSettings } from '../../../demo/demo-settings.ts';

const resolve = (file: string) => `/here/${file}`;

for (const [args, settings] of [
  [[], { records: 10_000, data: null, changes: 5, core: false }],
  [['--records', '7'], { records: 7, data: null, changes: 5, core: false }],
  [['--records=7', '--changes=0'], { records: 7, data: null, changes: 0, core: false }],
  [['--core'], { records: 10_000, data: null, changes: 5, core: true }],
  [['--data', 'a.ndjson'], { records: 10_000, data: '/here/a.ndjson', changes: 0, core: false }],
  [
    ['--data', 'a.ndjson', '--changes', '3'],
    { records: 10_000, data: '/here/a.ndjson', changes: 3, core: false },
  ],
] as const) {
  test(`npm run demo -- ${args.join(' ')} is parsed to these settings`, () => {
    assert.deepEqual(parseDemoArguments(args, resolve), settings);
  });
}

for (const [args, fault] of [
  [['--records', '0'], /^--records: a whole number from 1$/],
  [['--records', '1.5'], /^--records: a whole number from 1$/],
  [['--records', 'many'], /^--records: a whole number from 1$/],
  [['--changes=-1'], /^--changes: a whole number from 0$/],
  [['--changes', 'x'], /^--changes: a whole number from 0$/],
  [['--record', '7'], /--record/],
  [['7'], /7/],
  [['--records'], /--records/],
] as const) {
  test(`npm run demo -- ${args.join(' ')} is refused with a reason`, () => {
    const parsed = parseDemoArguments(args, resolve);
    assert.ok('fault' in parsed, JSON.stringify(parsed));
    assert.match(parsed.fault, fault);
  });
}

test('the help names every option', () => {
  const parsed = parseDemoArguments(['--records', '0', '--help'], resolve);
  assert.ok('help' in parsed);
  for (const option of ['--records', '--data', '--changes', '--core'])
    assert.ok(parsed.help.includes(option));
});

test('no setting of the user reaches a stand-in', () => {
  const env = {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    TC_SECRET_KEY: 'a secret',
    ES_API_KEY: 'a key',
    TEMPORAL_ADDRESS: 'temporal:7233',
    TEMPORAL_CLI: '/bin/temporal',
    TCSYNC_NAMESPACE: 'prod',
    ESCAPE: 'x',
  };
  assert.deepEqual(withoutSettings(env), {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    TEMPORAL_CLI: '/bin/temporal',
    ESCAPE: 'x',
  });
});

test('the settings of one part are those with its prefix', () => {
  const env = { TC_URL: 'u', TC_OWNERS: 'o', TCSYNC_TAGS: 't', ES_URL: 'e' };
  assert.deepEqual(settingsOf(env, 'TC_'), { TC_URL: 'u', TC_OWNERS: 'o' });
});
