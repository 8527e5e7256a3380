import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A status without the server's answer; `reset`: the connection breaks before an answer; `cut`: it breaks after the
 * server has done its work, in the middle of a longer answer; `hang`: nothing comes.
 */
export type Failure = '429' | '502' | '503' | 'reset' | 'cut' | 'hang';

/** The failures that the proxy causes unless others are chosen. */
const FAILURES: readonly Failure[] = ['502', 'reset', 'reset', '503', 'cut', 'hang'];
/** Longer than a client waits in these tests. */
const HANG_MS = 60_000;
/** Bytes of an answer that arrive before it is cut. A shorter answer arrives. */
const CUT_BYTES = 3_000;

export type FailingProxy = {
  url: string;
  /** The server behind the proxy. */
  target: string;
  /** Share of the requests that fail, 0 to 1; may change at any time. */
  rate: number;
  /** The failures to draw from; may change at any time. */
  failures: readonly Failure[];
  failed: Record<Failure, number>;
  passed: number;
  /** Changes the path of a request, with its query, before it is passed on. */
  rewrite: (path: string) => string;
  /** Sees each request before it is passed on. */
  onRequest: (path: string) => Promise<void>;
  /** Sees each request that the server has answered, before the answer is passed on. */
  onAnswer: (path: string) => Promise<void>;
  close(): Promise<void>;
};

/** A proxy that fails a share of all requests at random, like real proxies, servers and networks. */
export async function startFailingProxy(seed: number): Promise<FailingProxy> {
  const random = mulberry32(seed);
  const server = createServer((request, response) => {
    void proxy.onRequest(request.url ?? '').then(() => {
      const failure = proxy.failures[Math.floor(random() * proxy.failures.length)];
      if (failure === undefined || random() >= proxy.rate) pass(proxy, request, response, null);
      else fail(failure, proxy, request, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const proxy: FailingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    rate: 0,
    failures: FAILURES,
    failed: { 429: 0, 502: 0, 503: 0, reset: 0, cut: 0, hang: 0 },
    passed: 0,
    rewrite: (path) => path,
    onRequest: () => Promise.resolve(),
    onAnswer: () => Promise.resolve(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return proxy;
}

/** Number of requests that failed. */
export function failedRequests({ failed }: FailingProxy): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}

function fail(
  failure: Failure,
  proxy: FailingProxy,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (failure === 'cut') {
    pass(proxy, request, response, CUT_BYTES);
    return;
  }
  proxy.failed[failure] += 1;
  if (failure === 'reset') request.socket.resetAndDestroy();
  else if (failure === 'hang') setTimeout(() => request.socket.destroy(), HANG_MS).unref();
  else
    response.writeHead(Number(failure), { 'content-type': 'text/html' }).end('<html>busy</html>');
}

/** @param cutAt bytes of the body after which the connection ends; `null` if it never does */
function pass(
  proxy: FailingProxy,
  request: IncomingMessage,
  response: ServerResponse,
  cutAt: number | null,
): void {
  const { method, url = '', headers } = request;
  // a connection of its own: one that is kept may be closed by the server just when it is used again
  const options = { method, headers, agent: false };
  const onward = ask(`${proxy.target}${proxy.rewrite(url)}`, options, (answer) => {
    void proxy.onAnswer(url).then(() => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      let bytes = 0;
      let isCut = false;
      answer.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (cutAt === null || bytes < cutAt) response.write(piece);
        else if (!isCut) {
          isCut = true;
          proxy.failed.cut += 1;
          request.socket.resetAndDestroy();
        }
      });
      answer.on('end', () => {
        if (isCut) return;
        proxy.passed += 1;
        response.end();
      });
    });
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
