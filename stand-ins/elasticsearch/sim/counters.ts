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

/** Counts requests by API, and the results of bulk items, since the start or the last reset. */
export class Counters {
  #requests = noRequests();
  #items = noItems();

  request(api: ApiName | 'other'): void {
    this.#requests[api] += 1;
  }

  item(result: ItemResult): void {
    this.#items[result] += 1;
  }

  reset(): void {
    this.#requests = noRequests();
    this.#items = noItems();
  }

  /** As `/_sim/counters` shows it. */
  state(): object {
    return {
      requests: this.#requests,
      bulkRequests: this.#requests.bulk,
      items: this.#items,
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
