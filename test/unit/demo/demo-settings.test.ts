import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDemoArguments, settingsOf, withoutSettings } from '../../../demo/demo-settings.ts';

const parse = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  parseDemoArguments(args, env, (file) => `/here/${file}`, 7);

const DEFAULTS = {
  records: 10_000,
  data: null,
  changes: 5,
  core: false,
  chaos: false,
  drift: false,
  seed: 7,
};

for (const [args, settings] of [
  [[], {}],
  [['--records', '7'], { records: 7 }],
  [['--records=7', '--changes=0'], { records: 7, changes: 0 }],
  [['--core'], { core: true }],
  [['--data', 'a.ndjson'], { data: '/here/a.ndjson', changes: 0 }],
  [['--data', 'a.ndjson', '--changes', '3'], { data: '/here/a.ndjson', changes: 3 }],
  [['--chaos', '--core'], { chaos: true, core: true }],
  [['--drift', '--records', '50'], { drift: true, records: 50 }],
  [['--chaos', '--seed', '0', '--records', '200'], { chaos: true, seed: 0, records: 200 }],
] as const) {
  test(`npm run demo -- ${args.join(' ')} is parsed to these settings`, () => {
    assert.deepEqual(parse(args), { ...DEFAULTS, ...settings });
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
  [['--chaos', '--seed', '-1'], /--seed/],
  [['--chaos', '--seed', 'x'], /^--seed: a whole number from 0$/],
  [['--seed', '1'], /^--seed: only with --chaos$/],
  [['--chaos', '--drift'], /choose one$/],
  [['--chaos', '--records', '199'], /--records must be 200 or more$/],
  [['--chaos', '--changes', '0'], /--changes must be 1 or more$/],
  [['--chaos', '--data', 'a.ndjson'], /without --data$/],
] as const) {
  test(`npm run demo -- ${args.join(' ')} is refused with a reason`, () => {
    const parsed = parse(args);
    assert.ok('fault' in parsed, JSON.stringify(parsed));
    assert.match(parsed.fault, fault);
  });
}

for (const [args, env, fault] of [
  [['--core'], { ES_URL: 'http://es' }, /^--core and ES_URL name two servers/],
  [['--chaos'], { TC_URL: 'http://tc' }, /without TC_URL/],
  [['--chaos'], { ES_URL: 'https://es' }, /an ES_URL of http/],
] as const) {
  test(`npm run demo -- ${args.join(' ')} is refused beside ${Object.keys(env).join()}`, () => {
    const parsed = parse(args, env);
    assert.ok('fault' in parsed, JSON.stringify(parsed));
    assert.match(parsed.fault, fault);
  });
}

test('--chaos is possible on a real Elasticsearch server', () => {
  assert.deepEqual(parse(['--chaos'], { ES_URL: 'http://es' }), { ...DEFAULTS, chaos: true });
});

test('the help names every option', () => {
  const parsed = parse(['--records', '0', '--help']);
  assert.ok('help' in parsed);
  for (const option of ['--records', '--data', '--changes', '--core', '--chaos', '--seed'])
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
