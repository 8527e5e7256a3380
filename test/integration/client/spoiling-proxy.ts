import { createServer, request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The changes that a proxy makes to requests and answers. */
export type Spoiling = {
  request?: (options: { path: string; headers: IncomingHttpHeaders }) => void;
  response?: (headers: IncomingHttpHeaders) => void;
  /** Answers instead of the server; `null`: the request is passed on. */
  answer?: (path: string) => OwnAnswer | null;
};

type OwnAnswer = { status: number; headers?: Record<string, string>; body?: string };

/** A reverse proxy in front of a server, as long as `work` runs. */
export async function behindProxy(
  target: string,
  spoiling: Spoiling,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const asked = { path: incoming.url ?? '/', headers: { ...incoming.headers } };
    const own = spoiling.answer?.(asked.path) ?? null;
    if (own !== null) {
      incoming.resume();
      outgoing.writeHead(own.status, { 'content-type': 'text/html', ...own.headers });
      outgoing.end(own.body);
      return;
    }
    spoiling.request?.(asked);
    const options: RequestOptions = { hostname, port, method: incoming.method, ...asked };
    const upstream = request(options, (answer) => {
      const headers = { ...answer.headers };
      spoiling.response?.(headers);
      outgoing.sendDate = false; // that of the answer, or none
      outgoing.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(outgoing);
    });
    upstream.on('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
