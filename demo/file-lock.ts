import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { errorCode } from './reason-of.ts';

const POLL_MS = 200;
const TOUCH_MS = 15_000;
const ABANDONED_MS = 4 * TOUCH_MS; // a live holder touches the file; its process id may belong to another by now

/**
 * Does `work` while no other process does it; if another one does, waits for it.
 *
 * The lock only avoids double work: two waiters that break the same dead lock within microseconds may both continue, so
 * `work` must publish its result with an atomic rename.
 *
 * @param file holds the holder's process id. A lock is broken if its holder is dead, or if nobody touched it for a
 *   minute
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
      report(`process ${holder.pid} does it already; waiting for it (lock: ${file}) …`);
    }
    await delay(POLL_MS);
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {}); // somebody removed the file: the atomic rename protects the result
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

/** @returns null if there is no lock; `pid` is null between the creation of the file and its first byte */
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
    return errorCode(error) === 'ESRCH'; // EPERM: it is alive and belongs to another user
  }
}
