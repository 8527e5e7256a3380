import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { toListenError } from './start-error.ts';

/**
 * An orchestrator gives a probe one second or more. If Temporal does not answer within it, it counts as unreachable.
 */
const TEMPORAL_MS = 1_000;

/**
 * Answers the probes of an orchestrator: `/healthz` (must the process be restarted?) and `/readyz` (does it work on
 * runs?). The answer is 200, or 503 with the problems, `{ "ok": false, "problems": ["…"] }`. It has a port of its own:
 * the SDK's metrics port closes if a connection to Temporal fails.
 */
export class Health {
  readonly #server: Server;
  #connection: NativeConnection | null = null;
  #workers: readonly Worker[] = [];

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /**
   * @param host IP address of this machine
   * @param port 0 for any free port
   * @returns the port
   * @throws {StartError} if it is taken, or the address is not this machine's
   */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    }).catch((error: unknown) => {
      throw toListenError(error, { variable: 'TCSYNC_HTTP_PORT', host, port });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  watch(connection: NativeConnection, workers: readonly Worker[]): void {
    this.#connection = connection;
    this.#workers = workers;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  async #answer({ url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const problems = await this.#ask(url?.split('?')[0]);
    const status = problems === null ? 404 : problems.length > 0 ? 503 : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      problems === null ? undefined : JSON.stringify({ ok: problems.length === 0, problems }),
    );
  }

  async #ask(path: string | undefined): Promise<string[] | null> {
    if (path === '/healthz') return this.#failed();
    return path === '/readyz' ? this.#notReady() : null;
  }

  #failed(): string[] {
    return this.#workers.flatMap((worker) =>
      worker.getState() === 'FAILED' ? [said(worker)] : [],
    );
  }

  async #notReady(): Promise<string[]> {
    const connection = this.#connection;
    if (connection === null) return ['the workers are being started'];
    const idle = this.#workers.flatMap((worker) =>
      worker.getState() === 'RUNNING' ? [] : [said(worker)],
    );
    // a connection is closed as soon as its workers have ended
    if (idle.length > 0) return idle;
    try {
      await connection.withDeadline(Date.now() + TEMPORAL_MS, () =>
        connection.workflowService.getSystemInfo({}),
      );
      return [];
    } catch {
      return [`Temporal does not answer within ${TEMPORAL_MS} ms`];
    }
  }
}

function said(worker: Worker): string {
  return `the worker of ${worker.options.taskQueue} is ${worker.getState()}`;
}
