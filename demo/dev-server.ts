import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';

import { errorCode, reasonOf } from './reason-of.ts';
import { findTemporalBinary, type Report } from './temporal-binary.ts';

const HOST = '127.0.0.1';
const READY_MS = 30_000; // takes 0.5 s on two idle cores
const POLL_MS = 20;
const STOP_MS = 5_000; // takes 1.5 s
const TAIL_LINES = 20;
const PORT_ATTEMPTS = 3;

export interface DevServerOptions {
  /**
   * `TEMPORAL_ADDRESS` names a server to use instead of starting one; `TEMPORAL_NAMESPACE` is created if it is not
   * `default`.
   */
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  /** Default: any free port. To restart a stopped server, give its port. */
  readonly port?: number | undefined;
  /** If absent, there is no UI. */
  readonly uiPort?: number | undefined;
  /** Keeps all data over a restart. If absent, data is only in memory. */
  readonly dbFile?: string | undefined;
  /** Registered at the start, except on a server at `TEMPORAL_ADDRESS`. */
  readonly searchAttributes?:
    | readonly { readonly name: string; readonly type: SearchAttributeType }[]
    | undefined;
  /** Settings of the server, such as `limit.historyCount.suggestContinueAsNew=30`. */
  readonly dynamicConfig?: readonly string[] | undefined;
  /** Gets the server's lines of standard error until `stop()`: later lines only complain about the shutdown. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface DevServer {
  /** `host:port` of the gRPC front end */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | null;
  /** Path of the `temporal` command that it runs; null for a server at `TEMPORAL_ADDRESS` */
  readonly cli: string | null;
  /** null for a server at `TEMPORAL_ADDRESS` */
  readonly pid: number | null;
  /** Resolves with how the process ended, no matter who ended it. Never settles for a server at `TEMPORAL_ADDRESS`. */
  readonly exited: Promise<string>;
  /** Resolves when the process has ended. May be called again. Does nothing to a server at `TEMPORAL_ADDRESS`. */
  stop(): Promise<void>;
}

/** The dev server does not start. The message is for a person and has the server's last lines. */
export class DevServerError extends Error {
  override readonly name = 'DevServerError';
}

/**
 * Starts Temporal's dev server, or uses the one at `TEMPORAL_ADDRESS`, and returns when the namespace can be used.
 *
 * The server ends with this process, even if that is killed; `stop()` waits for its end.
 *
 * @throws {TemporalBinaryError} if there is no executable and none can be downloaded or built
 * @throws {DevServerError} if the server does not get ready, or if a port is in use
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { env, report, port, uiPort } = options;
  const namespace = env.TEMPORAL_NAMESPACE || 'default';
  if (env.TEMPORAL_ADDRESS) {
    report(`using the Temporal server at ${env.TEMPORAL_ADDRESS} (TEMPORAL_ADDRESS)`);
    return {
      address: env.TEMPORAL_ADDRESS,
      namespace,
      uiUrl: null,
      cli: null,
      pid: null,
      exited: Promise.withResolvers<string>().promise,
      stop: async () => {},
    };
  }
  const binary = await findTemporalBinary(env, report);
  if (uiPort !== undefined) await bindable(uiPort);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch(binary, await bindable(port ?? 0), namespace, options);
    } catch (error) {
      const portLost = error instanceof DevServerError && error.message.includes('in use');
      if (!portLost || port !== undefined || attempt === PORT_ATTEMPTS) throw error;
      report('another program took the port meanwhile; trying another port');
    }
  }
}

async function launch(
  binary: string,
  port: number,
  namespace: string,
  { env, log, ...options }: DevServerOptions,
): Promise<DevServer> {
  const address = `${HOST}:${port}`;
  const child = spawn(binary, serverArguments(port, namespace, options), {
    env,
    stdio: ['ignore', 'ignore', 'pipe'], // its standard output is a banner
    // its own process group: Ctrl-C reaches only the starting process, which stops the server at the end
    detached: process.platform !== 'win32',
  });
  const tail: string[] = [];
  let stopped: Promise<void> | undefined;
  createInterface({ input: child.stderr }).on('line', (line) => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    if (stopped === undefined) log?.(line);
  });
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => resolve(`ended with ${signal ?? `exit code ${code}`}`));
  });
  const stop = () => (stopped ??= end(child, exited));
  if (child.pid !== undefined) endWithThisProcess(child.pid, exited);

  const failure = await untilReady(port, namespace, exited);
  if (failure !== null || child.pid === undefined) {
    await stop();
    throw new DevServerError(
      [`the Temporal dev server at ${address} did not get ready: ${failure}`, ...tail].join('\n'),
    );
  }
  return {
    address,
    namespace,
    uiUrl: options.uiPort === undefined ? null : `http://${HOST}:${options.uiPort}`,
    cli: binary,
    pid: child.pid,
    exited,
    stop,
  };
}

function serverArguments(
  port: number,
  namespace: string,
  options: Pick<DevServerOptions, 'uiPort' | 'dbFile' | 'searchAttributes' | 'dynamicConfig'>,
): string[] {
  const { uiPort, dbFile, searchAttributes = [] } = options;
  const dynamicConfig = [
    'system.enableActivityEagerExecution=true', // halves an activity's latency (96 to 46 ms); the default from server 1.32 on
    'frontend.enableServerVersionCheck=false', // no call home: a demo must not send data to anybody
    ...(options.dynamicConfig ?? []),
  ];
  const attributes = searchAttributes.map(({ name, type }) => `${name}=${toCliType(type)}`);
  return [
    'server',
    'start-dev',
    `--ip=${HOST}`,
    `--port=${port}`,
    '--log-level=error',
    uiPort === undefined ? '--headless' : `--ui-port=${uiPort}`,
    ...dynamicConfig.map((value) => `--dynamic-config-value=${value}`),
    ...(namespace === 'default' ? [] : [`--namespace=${namespace}`]),
    ...(dbFile === undefined ? [] : [`--db-filename=${dbFile}`]),
    ...attributes.map((attribute) => `--search-attribute=${attribute}`),
  ];
}

/** From `KEYWORD_LIST` of the SDK to `KeywordList` of the command line. */
function toCliType(type: SearchAttributeType): string {
  const words = type.split('_');
  return words.map((word) => word.charAt(0) + word.slice(1).toLowerCase()).join('');
}

/** @returns null, or why the namespace cannot be used */
async function untilReady(
  port: number,
  namespace: string,
  exited: Promise<string>,
): Promise<string | null> {
  const hopeless = new AbortController();
  const { signal } = hopeless;
  const timer = setTimeout(() => hopeless.abort(new Error(`not in ${READY_MS} ms`)), READY_MS);
  void exited.then((how) => hopeless.abort(new Error(`it ${how}`)));
  try {
    // gRPC must not wait for the port: its first retry comes after a second, and if it is closed while it waits, it
    // still waits until its deadline
    while (!(await accepts(port))) await delay(POLL_MS, undefined, { signal });
    const connection = await Connection.connect({ address: `${HOST}:${port}` });
    try {
      const { workflowService } = connection;
      await connection.withAbortSignal(signal, () =>
        workflowService.describeNamespace({ namespace }),
      );
    } finally {
      await connection.close();
    }
    return null;
  } catch (error) {
    return reasonOf(signal.aborted ? signal.reason : error);
  } finally {
    clearTimeout(timer);
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function end(child: ChildProcess, exited: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(timer);
}

/**
 * After SIGKILL no code of this process runs, so a shell waits on a pipe that closes when this process ends. The shell
 * sends SIGKILL at once: nobody could repeat a SIGTERM, and SQLite keeps committed data. It has a session of its own,
 * because Ctrl-C reaches the whole session. Windows ends children with their parent.
 */
function endWithThisProcess(pid: number, exited: Promise<string>): void {
  if (process.platform === 'win32') return;
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -KILL "$1"', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => {}); // without a shell there is no guard; stop() still works
  void exited.then(() => guard.kill('SIGKILL'));
}

/**
 * @param port 0 for any free port
 * @throws {DevServerError} if the port is in use: otherwise we would use the other program's server as ours
 */
async function bindable(port: number): Promise<number> {
  const probe = createServer();
  try {
    await once(probe.listen(port, HOST), 'listening');
  } catch (error) {
    const why = errorCode(error) === 'EADDRINUSE' ? 'is in use' : reasonOf(error);
    throw new DevServerError(`port ${port} of ${HOST}: ${why}`, { cause: error });
  }
  const bound = probe.address();
  probe.close();
  await once(probe, 'close');
  return bound !== null && typeof bound === 'object' ? bound.port : port;
}
