import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { privilegesPage } from '../../../activities/elasticsearch/privileges-docs.ts';
import { SETTINGS } from '../../../config/settings.ts';

const page = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8');

test('docs/security.md has the privileges of the code: npm run docs', () => {
  assert.ok(page.endsWith(`\n${privilegesPage()}`));
});

test('the requests in docs/security.md are JSON', () => {
  const requests = [...page.matchAll(/^POST _security\/api_key\n([^]*?)\n```/gm)];
  assert.deepEqual(
    requests.map(([, body = '']) => (JSON.parse(body) as { name: string }).name),
    ['tcsync-installer', 'tcsync-ingester', 'tcsync'],
  );
});

test('docs/security.md names only settings that exist', () => {
  const names = new Set(SETTINGS.map(({ variable }) => variable));
  const named = [...page.matchAll(/`((?:ES|TC|TCSYNC)_[A-Z_]+)/g)].map(([, name = '']) => name);
  assert.deepEqual(
    named.filter((name) => !names.has(name.replace(/_FILE$/, ''))),
    [],
  );
});
