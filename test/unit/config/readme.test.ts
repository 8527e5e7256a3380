import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configTable } from '../../../config/settings-page.ts';

/** Rows of cells, however the columns are padded. */
function rows(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|-]+$/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

test('the README lists every setting as the schema has it (`npm run readme` writes it)', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const [, table = ''] = /<!-- settings: [^>]*-->([^]*)<!-- \/settings -->/.exec(readme) ?? [];
  assert.deepEqual(rows(table), rows(configTable()));
});
