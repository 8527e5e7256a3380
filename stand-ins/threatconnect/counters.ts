import type { LoggedKind } from './faults.ts';

const LOG_ENTRIES = 1000;

/** One request under `/api`. Its target contains no signature: signatures are in headers. */
export interface LoggedRequest {
  kind: LoggedKind;
  target: string;
  /** 0: the connection ended before a status was sent. */
  status: number;
  records: number;
  atMs: number;
}

export interface CounterState {
  requests: Record<LoggedKind, number>;
  /** Number of indicators in pages and single answers. */
  records: number;
  /** Bytes of answered bodies. */
  bytes: number;
  /** Changes of indicators that became visible, silent ones too. */
  changes: number;
  /** Those of them that lie between the answers to two pages. */
  changesBetweenPages: number;
  log: readonly LoggedRequest[];
}

/** Counts requests and answers since the start or the last reset. */
export class Counters {
  #state = empty();
  #log: LoggedRequest[] = [];
  /** Changes behind the last page; null before the first. */
  #behindPage: number | null = null;

  changed(count: number): void {
    this.#state.changes += count;
    if (this.#behindPage !== null) this.#behindPage += count;
  }

  /** To be called when a page's bytes are fixed. */
  pageAnswered(): void {
    this.#state.changesBetweenPages += this.#behindPage ?? 0;
    this.#behindPage = 0;
  }

  add(request: LoggedRequest, bytes: number): void {
    this.#state.requests[request.kind]++;
    this.#state.records += request.records;
    this.#state.bytes += bytes;
    this.#log.push(request);
    if (this.#log.length >= 2 * LOG_ENTRIES) this.#log = this.#log.slice(-LOG_ENTRIES);
  }

  state(): CounterState {
    return { ...this.#state, log: this.#log.slice(-LOG_ENTRIES) };
  }

  reset(): void {
    this.#state = empty();
    this.#log = [];
    this.#behindPage = null;
  }
}

function empty(): Omit<CounterState, 'log'> {
  return {
    requests: {
      page: 0,
      count: 0,
      owners: 0,
      single: 0,
      deleted: 0,
      related: 0,
      other: 0,
      rejectedAuth: 0,
    },
    records: 0,
    bytes: 0,
    changes: 0,
    changesBetweenPages: 0,
  };
}
