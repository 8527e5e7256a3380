import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { isWriting } from '../../../../stand-ins/elasticsearch/sim/counters.ts';
import { passOn } from '../../../pass-on.ts';

export type Asked = { method: string; path: string };

/** A proxy in front of Elasticsearch that lets a test act after every request, and breaks the connection on demand. */
export type WatchedSink = {
  url: string;
  /** Requests that have come since the last `watch`. */
  asked: Asked[];
  /** @param watched what happens from now on; nothing without it */
  watch(watched: Watched | null): void;
  close(): void;
};

export type Watched = {
  /** Called when a request was carried out, before its answer is passed on. */
  after?: (asked: Asked) => Promise<void>;
  /** True: the program never gets an answer to the request with this number, from 0 on. */
  breaks?: (number: number) => 'before' | 'after' | null;
};

export async function watchSink(target: string): Promise<WatchedSink> {
  let watched: Watched | null = null;
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void buffer(request)
      .then(async (body) => {
        const { method = '', url = '', headers } = request;
        const what = { method, path: decodeURIComponent(url) };
        const breaks = watched?.breaks?.(asked.length) ?? null;
        if (watched !== null) asked.push(what);
        if (breaks === 'before') return response.destroy();
        const answer = await passOn(`${target}${url}`, method, headers, body);
        await watched?.after?.(what);
        if (breaks === 'after') return response.destroy();
        return response.writeHead(answer.status, answer.headers).end(answer.body);
      })
      .catch((error: unknown) => {
        failure ??= error;
        response.destroy();
      });
  });
  let failure: unknown = null;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    watch: (next) => {
      if (failure !== null) throw failure;
      watched = next;
      asked.length = 0;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
      if (failure !== null) throw failure;
    },
  };
}

/**
 * Numbers of the requests that an interruption is tried at: all with `MODEL_RUNS`, else those that write. The state of
 * Elasticsearch is the same at every request between two of them.
 */
export function worthLosing(asked: readonly Asked[]): number[] {
  return [...asked.entries()]
    .filter(
      ([, { method, path }]) =>
        process.env['MODEL_RUNS'] !== undefined || isWriting(method, path.split('?')[0] ?? ''),
    )
    .map(([number]) => number);
}
