import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../../', import.meta.url);
/** The last line of an item: `file`: a part of a title. */
const TEST = /^ {2}`(test\/\S+\.test\.ts)`: (.+)$/m;

const [, byHand = ''] = readFileSync(new URL('docs/reliability.md', ROOT), 'utf8').split(
  '## From the field',
);
const items = byHand.split('\n- ').slice(1);

test('each item of "From the field" names a test', () => {
  assert.ok(items.length > 20);
  for (const item of items) assert.match(item, TEST);
});

for (const item of items) {
  const [, file = '', title = ''] = TEST.exec(item) ?? [];
  test(`${file} has a test or a suite with the title: ${title}`, () => {
    assert.ok(readFileSync(new URL(file, ROOT), 'utf8').includes(title));
  });
}
