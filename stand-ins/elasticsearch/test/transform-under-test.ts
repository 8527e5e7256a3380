import { setImmediate } from 'node:timers/promises';

import { at, hits, type ServerUnderTest } from './elasticsearch-under-test.ts';

/** Noon: the time at which a test's clock is stopped. */
export const NOON_MS = Date.parse('2026-11-24T12:00:00.000Z');

/** A transform over a data stream, as the tests of the engine need it. */
export interface TransformUnderTest {
  readonly id: string;
  readonly stream: string;
  readonly dest: string;
  readonly alias: string;
  /** Puts it, with some parts changed, and starts it. */
  start(changes?: Record<string, unknown>): Promise<void>;
  put(changes?: Record<string, unknown>): Promise<void>;
  post(action: string, body?: unknown): ReturnType<ServerUnderTest['ask']>;
  stats(): Promise<unknown>;
  /** Writes documents of an hour in `event.created` and makes them searchable: `{key, hour, …}`. */
  write(...documents: readonly Entry[]): Promise<void>;
  /** The destination's sources by `id`. */
  latest(): Promise<Record<string, unknown>>;
}

/** A document's key, its place in the order, and whatever else it is to have. */
export type Entry = { readonly id?: string; readonly hour: number } & Record<string, unknown>;

let made = 0;

export async function makeTransform(server: ServerUnderTest): Promise<TransformUnderTest> {
  made += 1;
  const id = `t${made}`;
  const stream = `src-${made}`;
  const dest = `dest-${made}`;
  const alias = `latest-${made}`;
  await server.ask('PUT', `/_ingest/pipeline/stamp`, {
    processors: [{ set: { field: 'ingested', value: '{{{_ingest.timestamp}}}' } }],
  });
  await server.ask('PUT', `/_index_template/${stream}`, {
    index_patterns: [stream],
    data_stream: {},
    template: {
      settings: { final_pipeline: 'stamp', number_of_replicas: 0 },
      mappings: {
        properties: {
          id: { type: 'keyword' },
          kind: { type: 'keyword' },
          words: { type: 'text' },
          created: { type: 'date' },
          deleted: { type: 'date' },
          ingested: { type: 'date' },
        },
      },
    },
  });
  await server.ask('PUT', `/_index_template/${dest}`, {
    index_patterns: [dest],
    template: {
      settings: { number_of_replicas: 0 },
      mappings: { properties: { id: { type: 'keyword' }, deleted: { type: 'date' } } },
    },
  });
  await server.ask('PUT', `/_data_stream/${stream}`);
  const config = {
    source: { index: [stream] },
    dest: { index: dest },
    latest: { unique_key: ['id'], sort: 'created' },
    sync: { time: { field: 'ingested', delay: '120s' } },
    frequency: '30s',
  };
  const post: TransformUnderTest['post'] = (action, body) =>
    server.ask('POST', `/_transform/${id}/${action}`, body);
  const put = async (changes: Record<string, unknown> = {}): Promise<void> => {
    succeed(await server.ask('PUT', `/_transform/${id}`, { ...config, ...changes }));
  };
  return {
    id,
    stream,
    dest,
    alias,
    put,
    post,
    start: async (changes) => {
      await put(changes);
      succeed(await post('_start'));
      await settle(server);
    },
    stats: async () =>
      at((await server.ask('GET', `/_transform/${id}/_stats`)).body, 'transforms.0'),
    write: async (...documents) => {
      const lines = documents.flatMap(({ hour, ...rest }) => [
        { create: {} },
        { '@timestamp': hourOf(hour), created: hourOf(hour), hour, ...rest },
      ]);
      const { body } = await server.ask('POST', `/${stream}/_bulk?refresh=true`, lines);
      if (at(body, 'errors') !== false) throw new Error(JSON.stringify(body));
    },
    latest: async () => {
      const { body } = await server.ask('POST', `/${dest}/_search`, { size: 1_000 });
      const found = hits(body, '_source').map((one) => [String(at(one, 'id')), one]);
      return Object.fromEntries(found) as Record<string, unknown>;
    },
  };
}

export function hourOf(hour: number): string {
  return new Date(Date.UTC(2026, 10, 1, hour)).toISOString();
}

/** Stops the server's clock at a time. */
export async function stopClock(server: ServerUnderTest, nowMs = NOON_MS): Promise<void> {
  await server.ask('POST', '/_sim/clock', { nowMs });
}

/** Moves the server's clock, and waits for what that sets going. */
export async function pass(server: ServerUnderTest, seconds: number): Promise<void> {
  await server.ask('POST', '/_sim/clock', { advanceMs: seconds * 1_000 });
  await settle(server);
}

export async function settle(server: ServerUnderTest): Promise<void> {
  succeed(await server.ask('POST', '/_sim/transforms/settle'));
}

/** Asks again until the answer is the one that is waited for. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await setImmediate();
}

function succeed({ status, text }: { readonly status: number; readonly text: string }): void {
  if (status !== 200) throw new Error(`${status} ${text}`);
}
