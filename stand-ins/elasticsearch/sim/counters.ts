import { API_NAMES, type ApiName } from './api-names.ts';

/** How a bulk item or a single write ended. */
export type ItemResult =
  | 'conflict'
  | 'created'
  | 'deleted'
  | 'noop'
  | 'not_found'
  | 'rejected'
  | 'updated';

/** What `/_sim/counters` shows; counts since the start or the last reset. */
export interface CounterState {
  readonly requests: Readonly<Record<ApiName | 'other', number>>;
  /** Answers by status; a request that never got one is not in it. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly bulkRequests: number;
  /** Items of bulk requests only. */
  readonly items: Readonly<Record<ItemResult, number>>;
  /** Bodies of requests as they came over the wire, and decompressed. */
  readonly bytesReceived: number;
  readonly bytesUnpacked: number;
  /** Bodies of answers before compression. */
  readonly bytesAnswered: number;
}

/** Counts what was asked of the server. */
export class Counters {
  #requests = noRequests();
  #statuses = new Map<number, number>();
  #items = noItems();
  #bytesReceived = 0;
  #bytesUnpacked = 0;
  #bytesAnswered = 0;

  request(api: ApiName | 'other'): void {
    this.#requests[api] += 1;
  }

  body(receivedBytes: number, unpackedBytes: number): void {
    this.#bytesReceived += receivedBytes;
    this.#bytesUnpacked += unpackedBytes;
  }

  answer(status: number, bodyBytes: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    this.#bytesAnswered += bodyBytes;
  }

  item(result: ItemResult): void {
    this.#items[result] += 1;
  }

  reset(): void {
    this.#requests = noRequests();
    this.#statuses = new Map();
    this.#items = noItems();
    this.#bytesReceived = 0;
    this.#bytesUnpacked = 0;
    this.#bytesAnswered = 0;
  }

  state(): CounterState {
    return {
      requests: { ...this.#requests },
      statuses: Object.fromEntries(this.#statuses),
      bulkRequests: this.#requests.bulk,
      items: { ...this.#items },
      bytesReceived: this.#bytesReceived,
      bytesUnpacked: this.#bytesUnpacked,
      bytesAnswered: this.#bytesAnswered,
    };
  }
}

function noRequests(): Record<ApiName | 'other', number> {
  const entries = [...API_NAMES, 'other' as const].map((name) => [name, 0] as const);
  return Object.fromEntries(entries) as Record<ApiName | 'other', number>;
}

function noItems(): Record<ItemResult, number> {
  return { conflict: 0, created: 0, deleted: 0, noop: 0, not_found: 0, rejected: 0, updated: 0 };
}
