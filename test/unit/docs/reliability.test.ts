import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../../', import.meta.url);
/** The last cell: `file`: a part of a title. */
const TEST = /\| `(test\/\S+\.test\.ts)`: (.+?) *\|$/;

const [, byHand = ''] = readFileSync(new URL('docs/reliability.md', ROOT), 'utf8').split(
  '## From the field',
);
const rows = byHand.split('\n').filter((line) => line.startsWith('|') && line.includes('test/'));

test('each fault from the field names a test', () => {
  assert.ok(rows.length > 20);
  for (const row of rows) assert.match(row, TEST);
});

for (const row of rows) {
  const [, file = '', title = ''] = TEST.exec(row) ?? [];
  test(`${file} has a test or a suite that says: ${title}`, () => {
    assert.ok(readFileSync(new URL(file, ROOT), 'utf8').includes(title));
  });
}
