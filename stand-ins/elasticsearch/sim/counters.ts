import { API_NAMES, type ApiName } from './api-names.ts';

/** How a bulk item ended. */
export type ItemResult =
  | 'conflict'
  | 'created'
  | 'deleted'
  | 'noop'
  | 'not_found'
  | 'rejected'
  | 'updated';

/** Writing requests beyond this number are not listed. */
const WRITES_MAX = 1_000;

/** Paths that a POST or DELETE reads from. */
const READING =
  /^\/(?:.*\/)?_(?:search|msearch|count|mget|pit|field_caps|has_privileges|simulate|simulate_index|preview)(?:\/|$)/;

/** True if the request may change something. */
export function isWriting(method: string, path: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && !READING.test(path);
}

/** Counts requests by API, and the results of bulk items, since the start or the last reset. */
export class Counters {
  #requests = noRequests();
  #items = noItems();
  #writes: string[] = [];

  request(api: ApiName | 'other', method: string, path: string): void {
    this.#requests[api] += 1;
    if (isWriting(method, path) && this.#writes.length < WRITES_MAX) {
      this.#writes.push(`${method} ${path}`);
    }
  }

  item(result: ItemResult): void {
    this.#items[result] += 1;
  }

  reset(): void {
    this.#requests = noRequests();
    this.#items = noItems();
    this.#writes = [];
  }

  /** As `/_sim/counters` shows it. */
  state(): object {
    return {
      requests: this.#requests,
      bulkRequests: this.#requests.bulk,
      items: this.#items,
      writes: this.#writes,
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
