import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { after, before } from 'node:test';
import { gunzipSync } from 'node:zlib';

import {
  type ElasticsearchOptions,
  type RunningElasticsearch,
  startElasticsearch,
} from '../server.ts';

/** What a server answered; `body` is the parsed JSON, or the text where it is none. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  readonly text: string;
}

export interface ServerUnderTest {
  url(): string;
  /**
   * Asks over plain HTTP. A list as body goes as lines of JSON (`_bulk`), a text as it is, anything else as JSON.
   */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answered>;
  /** A name of this run's own, so that a shared server is not disturbed. */
  name(short: string): string;
}

/** A stand-in of its own for the tests of a file. */
export function useStandIn(options: ElasticsearchOptions = {}): ServerUnderTest {
  let server: RunningElasticsearch | undefined;
  before(async () => {
    server = await startElasticsearch(options);
  });
  after(async () => {
    await server?.close();
  });
  return underTest(() => server?.url ?? '');
}

/**
 * The server that the environment variable ES_URL names or else a stand-in: for tests that hold for both. Everything
 * with this run's prefix is deleted at the end.
 */
export function useElasticsearch(): ServerUnderTest {
  const given = process.env['ES_URL'];
  if (given === undefined) return useStandIn();
  const server = underTest(() => given);
  after(async () => {
    const own = server.name('*');
    for (const path of [`/_data_stream/${own}`, `/_data_stream/logs-${own}`])
      await server.ask('DELETE', path);
    const { body } = await server.ask(
      'GET',
      '/_settings?expand_wildcards=all&filter_path=*.settings.index.uuid',
    );
    for (const index of Object.keys(body ?? {})) {
      if (index.startsWith(server.name(''))) await server.ask('DELETE', `/${index}`);
    }
    for (const path of ['/_index_template/', '/_component_template/', '/_ingest/pipeline/']) {
      await server.ask('DELETE', path + own);
    }
  });
  return server;
}

function underTest(url: () => string): ServerUnderTest {
  const prefix = `sim${randomBytes(4).toString('hex')}`;
  return {
    url,
    ask: (method, path, body, headers) => ask(url() + path, method, body, headers ?? {}),
    name: (short) => `${prefix}.${short}`,
  };
}

async function ask(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answered> {
  const bytes = toBytes(body);
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  // a GET has a body only where its length is said
  const type: Record<string, string> =
    bytes === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(bytes.length) };
  const outgoing = request(
    url,
    { method, agent: false, headers: { ...type, ...headers } },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const packed = Buffer.concat(chunks);
        const zipped = response.headers['content-encoding'] === 'gzip';
        const text = (zipped ? gunzipSync(packed) : packed).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: parse(text),
          text,
        });
      });
    },
  );
  outgoing.on('error', reject);
  outgoing.end(bytes);
  return promise;
}

function toBytes(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  if (Array.isArray(body)) {
    return Buffer.from(
      body.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
    );
  }
  return Buffer.from(JSON.stringify(body));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The value at a path such as `items.0.create.status`; undefined where there is none. */
export function at(body: unknown, path: string): unknown {
  let value: unknown = body;
  for (const step of path.split('.'))
    value = (value as Record<string, unknown> | undefined)?.[step];
  return value;
}

/** The hits' values of one key, such as `_id`. */
export function hits(body: unknown, key: string): unknown[] {
  const list = at(body, 'hits.hits');
  return Array.isArray(list) ? list.map((hit: unknown) => at(hit, key)) : [];
}

/** The words of a refusal without the position in the text, which only a real server says. */
export function withoutPlace(reason: unknown): string {
  return String(reason).replace(/^\[\d+:\d+\] /, '');
}

/** What a refusal looks like that has one cause and nothing more to say. */
export function refusal(
  status: number,
  type: string,
  reason: string,
  more: Record<string, unknown> = {},
): unknown {
  const fault = { type, reason, ...more };
  return { error: { root_cause: [fault], ...fault }, status };
}

/** What the server says about an index that is not there. */
export function noIndex(name: string, excludedStreams = false): unknown {
  return refusal(404, 'index_not_found_exception', `no such index [${name}]`, {
    'resource.type': 'index_or_alias',
    ...(excludedStreams ? { excluded_ds: 'true' } : {}),
    'resource.id': name,
    index_uuid: '_na_',
    index: name,
  });
}
