import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** The file that Node runs. */
export const TCSYNC = path.join(import.meta.dirname, '../client/tcsync.mjs');

/**
 * Runs one `tcsync` command to its end, as a person would.
 * @param cwd by default a folder without a `.env` or `tcsync.yaml`
 */
export async function tcsync(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd = tmpdir(),
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [TCSYNC, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
