import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commandsPage } from '../../../client/commands-docs.ts';

test('docs/commands.md is up to date with the declarations (`npm run docs` writes it)', () => {
  const page = readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8');
  assert.ok(page.endsWith(`\n${commandsPage()}`));
});
