import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const ROOT = path.join(import.meta.dirname, '../../..');

test('every file and folder that docs/architecture.md names exists', () => {
  const page = readFileSync(path.join(ROOT, 'docs/architecture.md'), 'utf8');
  const named = [...page.matchAll(/`([a-z-]+\/[\w./-]*)`/g)].map(([, name = '']) => name);
  assert.ok(named.length > 30, `${named.length} paths were found`);
  for (const name of named) assert.ok(existsSync(path.join(ROOT, name)), name);
});
