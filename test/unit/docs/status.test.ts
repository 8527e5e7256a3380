import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FINDING_KINDS } from '../../../watch/finding.ts';

test('docs/status.md has an item for each kind of finding, in their order', () => {
  const page = readFileSync(new URL('../../../docs/status.md', import.meta.url), 'utf8');
  assert.deepEqual(page.match(/(?<=^- \*\*`)[a-z-]+(?=`)/gm), [...FINDING_KINDS]);
});
