import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadParts } from '../../../config/load.ts';
import { SETTINGS } from '../../../config/settings.ts';
import { MINIMAL } from './environment.ts';

const cwd = import.meta.dirname;

function wholeOf(changes: Record<string, string>, feedFile?: string): string[] {
  const readFile = () => Buffer.from(feedFile ?? '');
  const {
    faults,
    namespace: _,
    pending: __,
    ...parts
  } = loadParts({ ...MINIMAL, ...changes }, feedFile === undefined ? { cwd } : { cwd, readFile });
  assert.ok(faults.length > 0);
  return Object.entries(parts).flatMap(([name, part]) => (part === null ? [] : [name]));
}

for (const [what, changes, whole] of [
  ['of Elasticsearch', { ES_URL: '' }, ['source', 'feeds', 'program', 'worker']],
  ['of ThreatConnect', { TC_SECRET_KEY: '' }, ['feeds', 'sink', 'program', 'worker']],
  [
    'in the file of a secret',
    { TC_SECRET_KEY_FILE: '/nowhere' },
    ['feeds', 'sink', 'program', 'worker'],
  ],
  ['of a feed', { TC_FIELDS: 'labels' }, ['source', 'sink', 'program', 'worker']],
  ['of the program', { TCSYNC_EXPIRY: 'never' }, ['source', 'feeds', 'sink', 'worker']],
  ['of the worker', { TCSYNC_LOG_LEVEL: 'loud' }, ['source', 'feeds', 'sink', 'program']],
  [
    'in a name that the program does not know',
    { TC_PAGESIZE: '5' },
    ['source', 'feeds', 'sink', 'program', 'worker'],
  ],
  ['everywhere', { TC_URL: '', ES_URL: '', TC_TQL: '"', TC_LANES: '0', TCSYNC_HTTP_PORT: 'x' }, []],
] as const) {
  test(`a fault ${what} leaves the other parts usable`, () => {
    assert.deepEqual(wholeOf(changes), whole);
  });
}

test('a fault in tcsync.yaml leaves everything but the feeds usable', () => {
  assert.deepEqual(wholeOf({}, 'feeds: none'), ['source', 'sink', 'program', 'worker']);
});

test('the namespace is known even if another setting has a fault', () => {
  const env = { ...MINIMAL, TCSYNC_NAMESPACE: 'other' };
  assert.equal(loadParts({ ...env, TC_PAGE_SIZE: '0' }, { cwd }).namespace, 'other');
  assert.equal(loadParts({ ...MINIMAL, TCSYNC_NAMESPACE: 'A' }, { cwd }).namespace, null);
});

test('a setting that is set but has no effect yet is named', () => {
  const pending = SETTINGS.filter(({ isPending }) => isPending);
  const env = Object.fromEntries(
    pending.map(({ variable, example }) => [variable, example || 'x']),
  );
  assert.deepEqual(loadParts({ ...MINIMAL, ...env }, { cwd }).pending, Object.keys(env));
  assert.deepEqual(loadParts(MINIMAL, { cwd }).pending, []);
});
