import type { Fault } from './faults.ts';
import { html } from './api/answer.ts';

/** A record that no answer survives. */
export interface Killer {
  how: 'reset' | 'status' | 'drip' | 'hold';
  /** With `how: "status"`: of a page for people, as from a proxy. */
  status: number;
  /** It also kills an answer that holds nothing else. */
  alone: boolean;
  /** It also kills counts, which show one record. */
  counts: boolean;
  /** It kills only where one of these `fields` is asked for; empty: always. */
  fields: readonly string[];
}

/** Records by which an answer fails, as one does that the instance cannot put together in time. */
export class Killers {
  readonly #byId = new Map<bigint, Killer>();

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  get ids(): readonly bigint[] {
    return [...this.#byId.keys()];
  }

  add(id: bigint, killer: Killer): void {
    this.#byId.set(id, killer);
  }

  clear(): void {
    this.#byId.clear();
  }

  /** How an answer with these records fails; null if it does not. */
  faultFor(
    ids: readonly bigint[],
    { fields, isCount }: { fields: readonly string[]; isCount: boolean },
  ): Fault | null {
    const names = new Set(fields.map((field) => field.split('.')[0] ?? ''));
    for (const id of ids) {
      const killer = this.#byId.get(id);
      if (killer === undefined || (ids.length === 1 && !killer.alone)) continue;
      if (isCount && !killer.counts) continue;
      const asked = killer.fields.length === 0 || killer.fields.some((field) => names.has(field));
      if (asked) return toFault(killer);
    }
    return null;
  }
}

function toFault({ how, status }: Killer): Fault {
  if (how !== 'status') return { kind: how };
  const { body, contentType } = html(status, `${status} Proxy Error`);
  return { kind: 'status', status, contentType, headers: {}, body: body.toString() };
}
