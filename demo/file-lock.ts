import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { errorCode } from './reason-of.ts';

const POLL_MS = 200;
const TOUCH_MS = 15_000;
const ABANDONED_MS = 4 * TOUCH_MS; // its holder touches it: a dead process's id may belong to another by now

/**
 * Does `work` while no other process does the same; waits for the one that does.
 *
 * The lock saves work and protects nothing: two waiters that break the same dead lock within
 * microseconds may both go on, so `work` publishes its result with an atomic rename.
 *
 * @param file holds the holder's process id; a dead holder's lock, and one that nobody touched for a minute, is broken
 */
export async function withFileLock<T>(
  file: string,
  report: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  while (!(await take(file))) {
    const holder = await readHolder(file);
    if (holder?.abandoned) {
      report(`breaking the lock that process ${holder.pid} left behind: ${file}`);
      await rm(file, { force: true });
      continue;
    }
    if (holder?.pid && performance.now() - reportedAtMs >= TOUCH_MS) {
      reportedAtMs = performance.now();
      report(`process ${holder.pid} is at it already; waiting for it (lock: ${file}) …`);
    }
    await delay(POLL_MS);
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {}); // somebody removed it by hand: the rename is what counts
  }, TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @returns null if the lock is gone; `pid` is null in the instant between the file's creation and its first byte */
async function readHolder(
  file: string,
): Promise<{ pid: number | null; abandoned: boolean } | null> {
  try {
    const pid = Number.parseInt(await readFile(file, 'utf8'), 10) || null;
    const idleMs = Date.now() - (await stat(file)).mtimeMs;
    return { pid, abandoned: (pid !== null && isGone(pid)) || idleMs > ABANDONED_MS };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH'; // EPERM: alive, of another user
  }
}
