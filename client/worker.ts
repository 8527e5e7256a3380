import { spawn } from 'node:child_process';
import path from 'node:path';
import { WORKER_ENVIRONMENT, WORKER_NODE_FLAGS } from '../config/worker-flags.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** `SIGHUP`: the terminal is closed. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Runs the worker as a process of its own, passes signals on, and takes it along however this process ends. */
export async function worker(): Promise<ExitCode> {
  const main = path.join(import.meta.dirname, '../worker/main.ts');
  const child = spawn(process.execPath, [...WORKER_NODE_FLAGS, main], {
    // nothing is sent by the channel: it breaks with this process
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...WORKER_ENVIRONMENT, ...process.env },
    // its own group, so that Ctrl-C reaches it once: a second signal would not wait for pages under way
    detached: process.platform !== 'win32',
  });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  for (const signal of SIGNALS) process.off(signal, pass);
  if (code === 0) return EXIT.ok;
  return code === EXIT.usage ? EXIT.usage : EXIT.failed;
}
