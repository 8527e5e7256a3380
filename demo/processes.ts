import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { WORKER_ENVIRONMENT, WORKER_NODE_FLAGS } from '../config/worker-flags.ts';

const ROOT = path.dirname(import.meta.dirname);
const STOP_MS = 30_000; // a worker that waits for pages takes 25 s at most, an idle one less than one second

type Options = {
  env: NodeJS.ProcessEnv;
  /** The process is ready when it prints a line that matches this. */
  ready: RegExp;
  /** Flags of Node itself. */
  nodeFlags?: readonly string[];
};

/** Addresses of a worker's HTTP servers. */
export type WorkerAddresses = {
  /** Base of `/healthz` and `/readyz`. */
  healthUrl: string;
  metricsUrl: string;
};

/** Processes that were started and not stopped yet. */
export class Processes {
  readonly #running = new Map<string, ChildProcess>();
  readonly #cwd: string;

  /** @param cwd of the processes: a folder without a `.env` or `tcsync.yaml` of the user */
  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /**
   * Starts a worker as in production, but on free ports unless `env` names ports, because other workers may run.
   */
  async startWorker(name: string, env: NodeJS.ProcessEnv): Promise<WorkerAddresses> {
    const [, healthPort, metricsPort] = await this.start(name, 'worker/main.ts', [], {
      env: { ...WORKER_ENVIRONMENT, TCSYNC_HTTP_PORT: '0', TCSYNC_METRICS_PORT: '0', ...env },
      ready: /^worker is polling .*health on port (\d+), metrics on port (\d+)$/,
      nodeFlags: WORKER_NODE_FLAGS,
    });
    return {
      healthUrl: `http://127.0.0.1:${healthPort}`,
      metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    };
  }

  /**
   * Starts one of the project's programs and waits until it is ready.
   * @returns the match of `ready`
   */
  async start(
    name: string,
    file: string,
    args: readonly string[],
    { env, ready, nodeFlags = [] }: Options,
  ): Promise<RegExpExecArray> {
    const child = spawn(process.execPath, [...nodeFlags, path.join(ROOT, file), ...args], {
      cwd: this.#cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // its own process group: Ctrl-C reaches only the demo, which stops the processes one by one
      detached: process.platform !== 'win32',
    });
    this.#running.set(name, child);
    const errors: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      errors.push(line);
      if (errors.length > 20) errors.shift();
    });
    const ended = once(child, 'exit').then(() => null);
    for await (const line of createInterface({ input: child.stdout })) {
      const found = ready.exec(line);
      if (found === null) continue;
      child.stdout.resume(); // further output is discarded, so that the process does not wait for a reader
      return found;
    }
    await ended;
    this.#running.delete(name);
    throw new Error(`${name} ended before it was ready:\n${errors.join('\n')}`);
  }

  /** @throws {Error} if it is not running */
  pid(name: string): number {
    const pid = this.#running.get(name)?.pid;
    if (pid === undefined) throw new Error(`${name} is not running`);
    return pid;
  }

  /** Kills a process as a crash would. */
  async kill(name: string): Promise<void> {
    await this.#end(name, 'SIGKILL');
  }

  /** @returns the exit code; `null` if it had to be killed or was not running */
  async stop(name: string): Promise<number | null> {
    return this.#end(name, 'SIGTERM');
  }

  /** Stops all of them, the last one first. */
  async stopAll(): Promise<void> {
    for (const name of [...this.#running.keys()].toReversed()) await this.stop(name);
  }

  async #end(name: string, signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#running.get(name);
    this.#running.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      return null;
    }
    const exit = once(child, 'exit');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exit;
    clearTimeout(force);
    return child.exitCode;
  }

  /**
   * Runs one `tcsync` command to its end.
   * @param onLine gets the lines of its output, which go to the terminal otherwise
   */
  async tcsync(
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    onLine?: (line: string) => void,
  ): Promise<number | null> {
    const out = onLine === undefined ? 'inherit' : 'pipe';
    const child = spawn(process.execPath, [path.join(ROOT, 'client/tcsync.mjs'), ...args], {
      cwd: this.#cwd,
      env,
      stdio: ['ignore', out, out],
    });
    for (const input of [child.stdout, child.stderr]) {
      if (input !== null && onLine !== undefined) createInterface({ input }).on('line', onLine);
    }
    this.#running.set(`tcsync ${args.join(' ')}`, child);
    const [code] = (await once(child, 'close')) as [number | null];
    this.#running.delete(`tcsync ${args.join(' ')}`);
    return code;
  }

  /** The output lines of a `tcsync` command that reads `input`. */
  async *pipe(
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    input: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<string> {
    const child = spawn(process.execPath, [path.join(ROOT, 'client/tcsync.mjs'), ...args], {
      cwd: this.#cwd,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#running.set(`tcsync ${args.join(' ')}`, child);
    const fed = pipeline(input, child.stdin);
    yield* createInterface({ input: child.stdout });
    await fed;
    this.#running.delete(`tcsync ${args.join(' ')}`);
  }
}
