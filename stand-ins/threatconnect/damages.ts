import type { NewValues } from './changes.ts';
import { withMembers } from './raw-json.ts';

/** What pages show of one record instead of what is stored, as an instance with a fault would. */
export interface Damage {
  /** JSON texts by key; null leaves the key out, the id's too. */
  set: NewValues;
  /** Size of a `description` that is put in; 0: none. */
  padBytes: number;
}

const LETTER = 0x78;

/** Records that are shown damaged; what is stored, selected and counted stays as it is. */
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

  /** The record's text, damaged if it is to be. */
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
