import { createServer, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** The answer to one bulk request; `items` is repeated over the documents. */
export type Mood =
  | { kind: 'items'; items: readonly string[] }
  | { kind: 'whole'; status: number; retryAfterSeconds: number | null }
  /** One item fewer than documents. */
  | { kind: 'short' }
  /** The connection breaks. */
  | { kind: 'reset' };

/** The answer to every request, or item, that holds a document with this id. */
export type Poison = { request: Mood } | { item: string };

export type Fate = 'created' | 'duplicate' | 'rejected';

const GOOD: Mood = { kind: 'items', items: ['create'] };

/** A server that answers each bulk request with the next of its moods, and accepts everything after the last. */
export class MoodySink {
  readonly #server: Server;
  readonly #stored = new Set<string>();
  readonly #fates = new Map<string, Fate>();
  #poison: ReadonlyMap<string, Poison> = new Map();
  #moods: Mood[] = [];
  /** Ids of each request. */
  sent: string[][] = [];
  /** Requests that arrived after the end of the attempt. */
  late = 0;
  #isOver: () => boolean = () => false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<MoodySink> {
    const server = createServer();
    const sink = new MoodySink(server);
    server.on('request', (request, response) => {
      void text(request).then((body) => sink.#answer(body, response));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get requests(): number {
    return this.sent.length;
  }

  /** @param isOver whether the attempt has ended, so that no request may arrive */
  reset(
    moods: readonly Mood[],
    stored: readonly string[],
    isOver: () => boolean = () => false,
  ): void {
    this.#isOver = isOver;
    this.late = 0;
    this.#moods = [...moods];
    this.#stored.clear();
    for (const id of stored) this.#stored.add(id);
    this.#fates.clear();
    this.#poison = new Map();
    this.sent = [];
  }

  poison(poison: Record<string, Poison>): void {
    this.#poison = new Map(Object.entries(poison));
  }

  /** The final outcome of each id. */
  fates(): ReadonlyMap<string, Fate> {
    return this.#fates;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #answer(body: string, response: ServerResponse): void {
    const ids = [...body.matchAll(/^\{"create":\{"_id":"([^"]+)"\}\}$/gm)].map(
      ([, id]) => id ?? '',
    );
    this.sent.push(ids);
    if (this.#isOver()) this.late += 1;
    const mood = this.#moods.shift() ?? this.#poisonOf(ids) ?? GOOD;
    const headers = {
      'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
      'x-elastic-product': 'Elasticsearch',
    };
    if (mood.kind === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    if (mood.kind === 'whole') {
      const { status, retryAfterSeconds } = mood;
      const [only, ...more] = ids;
      if (status === 413 && only !== undefined && more.length === 0 && !this.#fates.has(only)) {
        this.#fates.set(only, 'rejected');
      }
      response.writeHead(status, {
        ...headers,
        ...(retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }),
      });
      response.end(status === 413 ? '' : JSON.stringify({ error: { type: 'x' }, status }));
      return;
    }
    const items = ids.map((id, index) =>
      mood.kind === 'short' ? this.#item(id, 'create') : this.#item(id, pick(mood.items, index)),
    );
    response.writeHead(200, headers);
    response.end(JSON.stringify({ items: mood.kind === 'short' ? items.slice(1) : items }));
  }

  #poisonOf(ids: readonly string[]): Mood | undefined {
    const poison = ids.map((id) => this.#poison.get(id)).find((one) => one && 'request' in one);
    return poison !== undefined && 'request' in poison ? poison.request : undefined;
  }

  #item(id: string, asked: string): { create: object } {
    const poison = this.#poison.get(id);
    const spoilt = poison !== undefined && 'item' in poison ? poison.item : null;
    const answer = spoilt ?? asked;
    if (spoilt === null && this.#stored.has(id)) {
      // otherwise it is a document that was accepted before
      if (!this.#fates.has(id)) this.#fates.set(id, 'duplicate');
      return item(409, 'version_conflict_engine_exception');
    }
    if (answer === '429') return item(429, 'es_rejected_execution_exception');
    if (/^\d{3} /.test(answer)) return item(Number(answer.slice(0, 3)), answer.slice(4));
    if (answer === '503') return item(503, 'unavailable_shards_exception');
    if (answer === '400') {
      this.#fates.set(id, 'rejected');
      return item(400, 'document_parsing_exception');
    }
    if (answer === 'failure store') {
      this.#fates.set(id, 'rejected');
      return { create: { status: 201, failure_store: 'used' } };
    }
    this.#stored.add(id);
    this.#fates.set(id, 'created');
    return { create: { status: 201 } };
  }
}

function pick(answers: readonly string[], index: number): string {
  return answers[index % answers.length] ?? 'create';
}

function item(status: number, type: string): { create: object } {
  return { create: { status, error: { type } } };
}
