import { spawn } from 'node:child_process';
import path from 'node:path';
import { WORKER_ENVIRONMENT, WORKER_NODE_FLAGS } from '../config/worker-flags.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** Runs the worker as a process of its own and passes signals on. */
export async function worker(): Promise<ExitCode> {
  const main = path.join(import.meta.dirname, '../worker/main.ts');
  const child = spawn(process.execPath, [...WORKER_NODE_FLAGS, main], {
    stdio: 'inherit',
    env: { ...WORKER_ENVIRONMENT, ...process.env },
    // its own group, so that Ctrl-C reaches it once: a second signal would not wait for pages under way
    detached: process.platform !== 'win32',
  });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', pass);
  process.on('SIGINT', pass);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  process.off('SIGTERM', pass);
  process.off('SIGINT', pass);
  if (code === 0) return EXIT.ok;
  return code === EXIT.usage ? EXIT.usage : EXIT.failed;
}
