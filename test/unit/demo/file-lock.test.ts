import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { withFileLock } from '../../../demo/file-lock.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tcsync-lock-'));
});
after(() => rm(folder, { recursive: true }));

test('the lock of a process that died is broken', async () => {
  const file = join(folder, 'dead');
  const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
  await writeFile(file, stdout.trim());
  const lines: string[] = [];
  assert.equal(
    await withFileLock(
      file,
      (line) => lines.push(line),
      async () => 'done',
    ),
    'done',
  );
  assert.deepEqual(lines, [`breaking the lock that process ${stdout.trim()} left behind: ${file}`]);
});

test('a lock that nobody touched for a minute is broken although its process id belongs to a live process', async () => {
  const file = join(folder, 'reused');
  await writeFile(file, String(process.pid));
  const longAgo = new Date(Date.now() - 61_000);
  await utimes(file, longAgo, longAgo);
  assert.equal(
    await withFileLock(
      file,
      () => {},
      async () => 'done',
    ),
    'done',
  );
});

test('a lock without a process id, from a process that died while it wrote, is broken', async () => {
  const file = join(folder, 'empty');
  await writeFile(file, '');
  const longAgo = new Date(Date.now() - 61_000);
  await utimes(file, longAgo, longAgo);
  assert.equal(
    await withFileLock(
      file,
      () => {},
      async () => 'done',
    ),
    'done',
  );
});

test('the second caller starts after the first has ended, and reports for which process it waits', async () => {
  const file = join(folder, 'shared');
  const order: string[] = [];
  const holds = Promise.withResolvers<void>();
  const holding = Promise.withResolvers<void>();
  const waits = Promise.withResolvers<string>();
  const first = withFileLock(
    file,
    () => {},
    async () => {
      holding.resolve();
      await holds.promise;
      order.push('first');
    },
  );
  await holding.promise;
  const second = withFileLock(file, waits.resolve, async () => order.push('second'));
  assert.match(await waits.promise, new RegExp(`process ${process.pid} does it already`));
  holds.resolve();
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first', 'second']);
});

test('failed work leaves no lock behind', async () => {
  const file = join(folder, 'failed');
  const work = () => Promise.reject(new Error('no space'));
  await assert.rejects(
    withFileLock(file, () => {}, work),
    /no space/,
  );
  await assert.rejects(access(file), { code: 'ENOENT' });
});
