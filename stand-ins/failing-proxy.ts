import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The failures that the proxy causes. */
const FAILURES = ['502', 'reset', 'reset', '503', 'cut', 'hang'] as const;
/** Longer than a client waits in these tests. */
const HANG_MS = 60_000;

export type FailingProxy = {
  url: string;
  /** The server behind the proxy. */
  target: string;
  /** Share of the requests that fail, 0 to 1; may change at any time. */
  rate: number;
  failed: number;
  passed: number;
  /** Changes the path of a request, with its query, before it is passed on. */
  rewrite: (path: string) => string;
  /** Sees each request before it is passed on. */
  onRequest: (path: string) => Promise<void>;
  close(): Promise<void>;
};

/** A proxy that fails a share of all requests at random, like real proxies, servers and networks. */
export async function startFailingProxy(seed: number): Promise<FailingProxy> {
  const random = mulberry32(seed);
  const server = createServer((request, response) => {
    void proxy.onRequest(request.url ?? '').then(() => {
      const failure = FAILURES[Math.floor(random() * FAILURES.length)];
      if (failure === undefined || random() >= proxy.rate) {
        proxy.passed += 1;
        return pass(proxy, request, response, null);
      }
      proxy.failed += 1;
      fail(failure, proxy, request, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const proxy: FailingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    rate: 0,
    failed: 0,
    passed: 0,
    rewrite: (path) => path,
    onRequest: () => Promise.resolve(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return proxy;
}

function fail(
  failure: (typeof FAILURES)[number],
  proxy: Pick<FailingProxy, 'target' | 'rewrite'>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (failure === 'reset') request.socket.resetAndDestroy();
  else if (failure === 'hang') setTimeout(() => request.socket.destroy(), HANG_MS).unref();
  else if (failure === 'cut') pass(proxy, request, response, 3_000);
  else
    response.writeHead(Number(failure), { 'content-type': 'text/html' }).end('<html>busy</html>');
}

/** @param cutAt bytes of the body after which the connection ends; `null` if it never does */
function pass(
  { target, rewrite }: Pick<FailingProxy, 'target' | 'rewrite'>,
  request: IncomingMessage,
  response: ServerResponse,
  cutAt: number | null,
): void {
  const { method, url = '', headers } = request;
  const onward = ask(`${target}${rewrite(url)}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    let bytes = 0;
    answer.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (cutAt !== null && bytes >= cutAt) request.socket.resetAndDestroy();
      else response.write(piece);
    });
    answer.on('end', () => response.end());
  });
  onward.on('error', () => request.socket.resetAndDestroy());
  request.pipe(onward);
}

/** Random numbers from 0 to 1; the same seed gives the same numbers. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
