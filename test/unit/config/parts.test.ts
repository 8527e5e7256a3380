import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadParts } from '../../../config/load.ts';
import { MINIMAL } from './environment.ts';

const cwd = import.meta.dirname;

function wholeOf(changes: Record<string, string>, feedFile?: string): string[] {
  const readFile = () => Buffer.from(feedFile ?? '');
  const { faults, ...parts } = loadParts(
    { ...MINIMAL, ...changes },
    feedFile === undefined ? { cwd } : { cwd, readFile },
  );
  assert.ok(faults.length > 0);
  return Object.entries(parts).flatMap(([name, part]) => (part === null ? [] : [name]));
}

for (const [what, changes, whole] of [
  ['of Elasticsearch', { ES_URL: '', ES_ILM_DELETE: 'soon' }, ['source', 'feeds', 'program']],
  ['of ThreatConnect', { TC_SECRET_KEY: '' }, ['sink', 'program']],
  ['in the file of a secret', { TC_SECRET_KEY_FILE: '/nowhere' }, ['sink', 'program']],
  ['of the program', { TCSYNC_EXPIRY: 'never' }, ['source', 'sink']],
  ['in a name that nobody reads', { TC_PAGESIZE: '5' }, ['source', 'feeds', 'sink', 'program']],
  ['everywhere', { TC_URL: '', ES_URL: '', TCSYNC_SYNC_EVERY: 'x' }, []],
] as const) {
  test(`a fault ${what} leaves the other parts usable`, () => {
    assert.deepEqual(wholeOf(changes), whole);
  });
}

test('a fault in tcsync.yaml leaves everything but the feeds usable', () => {
  assert.deepEqual(wholeOf({}, 'feeds: none'), ['source', 'sink', 'program']);
});
