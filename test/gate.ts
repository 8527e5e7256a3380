import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { passOn } from './pass-on.ts';

/** A request as a test looks at it. */
export type Asked = { method: string; path: string; body: string };

/** `before` a request is carried out, or `after`: then only its answer is held. */
export type Moment = 'before' | 'after';

type Watch = { isIt: (asked: Asked) => boolean; left: number; seen: () => void } & (
  | { moment: Moment }
  | { status: number; body: string }
);

/** A proxy that holds single requests, so that a test can act while a program waits for an answer. */
export class Gate {
  readonly #server: Server;
  #target = '';
  #watches: Watch[] = [];
  #open = Promise.withResolvers<void>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Gate> {
    const server = createServer();
    const gate = new Gate(server);
    server.on('request', (request, response) => {
      const gone = new Promise<void>((resolve) => {
        response.on('close', resolve);
      });
      void buffer(request)
        .then(async (body) => {
          const { method = '', url = '', headers } = request;
          const asked = { method, path: decodeURIComponent(url), body: String(body) };
          const watch = Gate.#take(gate, asked);
          const isHeld = async (moment: Moment) => {
            if (watch === null || !('moment' in watch) || watch.moment !== moment) return;
            watch.seen();
            await Promise.race([gate.#open.promise, gone]);
          };
          await isHeld('before');
          // nothing is carried out any more for a program that was killed
          if (response.destroyed) return;
          if (watch !== null && 'status' in watch) {
            watch.seen();
            response.writeHead(watch.status, { 'content-type': 'application/json' });
            response.end(watch.body);
            return;
          }
          const answer = await passOn(`${gate.#target}${url}`, method, headers, body);
          await isHeld('after');
          response.writeHead(answer.status, answer.headers).end(answer.body);
        })
        .catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return gate;
  }

  static #take(gate: Gate, asked: Asked): Watch | null {
    const watch = gate.#watches.find(({ isIt }) => isIt(asked)) ?? null;
    if (watch === null) return null;
    watch.left -= 1;
    if (watch.left > 0) return null;
    gate.#watches = gate.#watches.filter((each) => each !== watch);
    return watch;
  }

  /** @returns the address of the gate, which leads to `target` from now on */
  leadTo(target: string): string {
    this.#target = target;
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /**
   * Holds the `nth` request of a kind until `release`.
   * @returns when it is held
   */
  hold(moment: Moment, isIt: (asked: Asked) => boolean, nth = 1): Promise<void> {
    return new Promise((seen) => {
      this.#watches.push({ isIt, left: nth, seen, moment });
    });
  }

  /** Answers the `nth` request of a kind in place of the server. */
  answer(status: number, body: string, isIt: (asked: Asked) => boolean, nth = 1): void {
    this.#watches.push({ isIt, left: nth, seen: () => undefined, status, body });
  }

  /** Lets all requests pass. */
  release(): void {
    this.#watches = [];
    this.#open.resolve();
    this.#open = Promise.withResolvers();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}
