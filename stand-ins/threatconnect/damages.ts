import type { NewValues } from './changes.ts';
import { withMembers } from './raw-json.ts';

/** Changes to one record as pages show it, like those of an instance with a bug. */
export interface Damage {
  /** JSON texts by key; `null` leaves the key out, also `id`. */
  set: NewValues;
  /** Size of an additional `description`; 0: none. */
  padBytes: number;
}

const LETTER = 0x78;

/** Records that are shown with damage. Storing, selecting and counting do not change. */
export class Damages {
  readonly #byId = new Map<bigint, Damage>();

  get ids(): readonly bigint[] {
    return [...this.#byId.keys()];
  }

  add(id: bigint, damage: Damage): void {
    this.#byId.set(id, damage);
  }

  clear(): void {
    this.#byId.clear();
  }

  has(id: bigint): boolean {
    return this.#byId.has(id);
  }

  /** The record's text, with its damage if it has one. */
  apply(id: bigint, text: Buffer): Buffer[] {
    const damage = this.#byId.get(id);
    return damage === undefined ? [text] : toDamaged(text, damage);
  }
}

function toDamaged(text: Buffer, { set, padBytes }: Damage): Buffer[] {
  if (padBytes === 0) return [withMembers(text, set)];
  const changed = withMembers(text, new Map([...set, ['description', null]]));
  return [
    changed.subarray(0, changed.lastIndexOf('}')),
    Buffer.from(',"description":"'),
    Buffer.alloc(padBytes, LETTER),
    Buffer.from('"}'),
  ];
}
