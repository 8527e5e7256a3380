import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { WORKER_NODE_FLAGS } from '../../../config/worker-flags.ts';

test('`npm run worker` runs Node as `tcsync worker` does', () => {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(text) as { scripts: { worker: string } };
  assert.ok(scripts.worker.includes(` ${WORKER_NODE_FLAGS.join(' ')} `), scripts.worker);
});
