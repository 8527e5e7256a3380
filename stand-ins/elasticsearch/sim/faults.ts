import { ApiError, type Fault as ErrorFault } from '../errors.ts';
import { type ApiName } from './api-names.ts';

/** A fault. `when`: before the request is carried out, or after it, so that only the answer is lost. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly when?: When;
    }
  | ItemFault
  | { readonly kind: 'reset'; readonly when?: When }
  | { readonly kind: 'slow'; readonly delayMs: number; readonly when?: When }
  | { readonly kind: 'cut'; readonly atBytes: number }
  | { readonly kind: 'hold'; readonly when?: When };

/** Refuses items of a bulk request: those with one of the ids, those with a text, or a random share (0–1) of all. */
export interface ItemFault {
  readonly kind: 'item';
  readonly status: number;
  readonly error?: ErrorFault;
  readonly ids?: readonly string[];
  readonly containing?: string;
  readonly share?: number;
  readonly seed?: number;
}

export type When = 'after' | 'before';

/**
 * A fault and the requests that it hits: those of an API, and with a text if there is one. `after`: number of requests
 * that pass first; `times`: number of hits, `null` until the fault is disarmed.
 */
export interface FaultOrder {
  readonly on: ApiName | 'any';
  readonly containing?: string;
  readonly after: number;
  readonly times: number | null;
  readonly fault: Fault;
}

interface Armed {
  readonly order: FaultOrder;
  seen: number;
  hits: number;
}

/** The armed faults, in order. */
export class Faults {
  #armed: Armed[] = [];
  #held = new Set<() => void>();

  arm(order: FaultOrder): void {
    this.#armed.push({ order, seen: 0, hits: 0 });
  }

  /** The faults that hit this request. All faults of its API count it. */
  hit(api: ApiName | 'other', body: Buffer): readonly Fault[] {
    const faults: Fault[] = [];
    for (const armed of this.#armed) {
      const { on, containing, after, times, fault } = armed.order;
      if (on !== 'any' && on !== api) continue;
      if (fault.kind === 'item' && api !== 'bulk') continue;
      if (containing !== undefined && !body.includes(containing)) continue;
      armed.seen += 1;
      if (armed.seen <= after || (times !== null && armed.hits >= times)) continue;
      armed.hits += 1;
      faults.push(fault);
    }
    return faults;
  }

  /** Resolves when the faults are disarmed, or when `signal` is aborted. */
  async hold(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.#held.delete(resolve);
  }

  disarm(): void {
    this.#armed = [];
    for (const release of this.#held) release();
  }

  state(): unknown {
    const armed = this.#armed.map(({ order, seen, hits }) => ({ ...order, seen, hits }));
    return { armed, held: this.#held.size };
  }
}

/** The refusals of items, by their places in the bulk request. */
export function refusedItems(
  faults: readonly Fault[],
  items: readonly { readonly id: string | null; readonly source: Uint8Array }[],
): ReadonlyMap<number, ApiError> {
  const refused = new Map<number, ApiError>();
  for (const fault of faults) {
    if (fault.kind !== 'item') continue;
    const random = toRandom(fault.seed ?? 1);
    for (const [place, { id, source }] of items.entries()) {
      const drawn = fault.share === undefined || random() < fault.share;
      const named = fault.ids === undefined || (id !== null && fault.ids.includes(id));
      const holds =
        fault.containing === undefined || Buffer.from(source).includes(fault.containing);
      if (drawn && named && holds) refused.set(place, itemError(fault));
    }
  }
  return refused;
}

/** The error of a status if the fault has none. */
export function defaultError(status: number): ErrorFault {
  if (status === 429) {
    return {
      type: 'es_rejected_execution_exception',
      reason:
        'rejected execution of coordinating operation [coordinating_and_primary_bytes=0, replica_bytes=0, all_bytes=0, coordinating_operation_bytes=1, max_coordinating_bytes=1]',
    };
  }
  if (status === 400)
    return { type: 'document_parsing_exception', reason: '[1:1] failed to parse' };
  if (status === 403) {
    return {
      type: 'cluster_block_exception',
      reason: 'index blocked by: [FORBIDDEN/8/index write (api)];',
    };
  }
  if (status === 503) {
    return {
      type: 'unavailable_shards_exception',
      reason: 'primary shard is not active Timeout: [1m]',
    };
  }
  return { type: 'exception', reason: `fault of the stand-in with status ${status}` };
}

function itemError(fault: ItemFault): ApiError {
  return new ApiError(fault.status, fault.error ?? defaultError(fault.status));
}

/** mulberry32: the same numbers for the same seed on every machine. */
function toRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
