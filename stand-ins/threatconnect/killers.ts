import type { Fault } from './faults.ts';
import { html } from './api/answer.ts';

/** How a record makes the answers fail that contain it. */
export interface Killer {
  how: 'reset' | 'status' | 'drip' | 'hold';
  /** With `how: "status"`: status of an HTML page, as from a proxy. */
  status: number;
  /** Whether an answer with no other record also fails. */
  alone: boolean;
  /** Whether counts, which return one record, also fail. */
  counts: boolean;
  /** Answers fail only if the request asks for one of these `fields`; empty: always. */
  fields: readonly string[];
}

/** Records that make answers fail, like a record that the instance cannot render in time. */
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

  /** The fault of an answer with these records; `null` if there is none. */
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
