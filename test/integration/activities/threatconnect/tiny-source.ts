import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ThreatConnectHttp, type HttpOptions } from '../../../../activities/threatconnect/http.ts';
import type { SourceClock } from '../../../../activities/threatconnect/source-clock.ts';

export const SECRET = 's3cr3t$%Key/+=&with^odd!chars"\\';
const ACCESS_ID = '12345678901234567890';

export const SUCCESS = '{"data":[],"status":"Success"}';

/** Answers the request of this number, from 1. */
export type Answerer = (response: ServerResponse, request: IncomingMessage, number: number) => void;

/** A server that answers as the test says, and its client. */
export async function withSource(
  answer: Answerer,
  work: (http: ThreatConnectHttp, asked: () => number, url: string) => Promise<void>,
  options: Partial<HttpOptions> = {},
  clock?: SourceClock,
): Promise<void> {
  let asked = 0;
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    answer(response, request, (asked += 1));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = createClient({ url: `${url}/api`, ...options }, clock);
  try {
    await work(http, () => asked, url);
  } finally {
    server.closeAllConnections();
    server.close();
    await http.close();
  }
}

export function createClient(
  options: Pick<HttpOptions, 'url'> & Partial<HttpOptions>,
  clock?: SourceClock,
): ThreatConnectHttp {
  return new ThreatConnectHttp(
    {
      credentials: { scheme: 'hmac', accessId: ACCESS_ID, secretKey: { reveal: () => SECRET } },
      httpTimeoutMs: 10_000,
      requestsPerSecond: 1_000,
      ca: null,
      proxy: null,
      ...options,
    },
    clock,
  );
}

/** Sends a request and reads the answer to its end. */
export async function ask(
  http: ThreatConnectHttp,
  signal = new AbortController().signal,
): Promise<string> {
  const { body } = await http.get('/v3/indicators', [['tql', 'id > 1']], signal);
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

export async function errorOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('there was no error');
}
