import { spawn } from 'node:child_process';
import path from 'node:path';
import { WORKER_ENVIRONMENT, WORKER_NODE_FLAGS } from '../config/worker-flags.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** `SIGHUP`: the terminal was closed. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Runs the worker as a child process and passes signals on. The worker ends with this process, whatever ends it. */
export async function worker(): Promise<ExitCode> {
  const main = path.join(import.meta.dirname, '../worker/main.ts');
  const child = spawn(process.execPath, [...WORKER_NODE_FLAGS, main], {
    // the channel carries no messages: the worker sees that it closes when this process ends
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...WORKER_ENVIRONMENT, ...process.env },
    // its own process group, so that Ctrl-C reaches it only once: on a second signal it does not wait for open pages
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
