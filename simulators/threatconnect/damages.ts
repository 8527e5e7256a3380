import type { NewValues } from './changes.ts';
import type { Selection } from './fields.ts';
import { joinRecords } from './page-bytes.ts';
import { withMembers } from './raw-json.ts';
import type { RecordStore } from './record-store.ts';

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

  /** As `joinRecords`, with what is damaged shown so. */
  join(
    store: RecordStore,
    slots: readonly number[],
    selection: Selection,
    head: string,
    tail: string,
  ): Buffer {
    const damages = slots.map((slot) => this.#byId.get(store.columns.id[slot] ?? -1n));
    if (damages.every((damage) => damage === undefined)) {
      return joinRecords(store, slots, selection, head, tail);
    }
    const parts = slots.flatMap((slot, index) => {
      const text = joinRecords(store, [slot], selection, '', '');
      const damage = damages[index];
      return [
        ...(index > 0 ? [Buffer.from(',')] : []),
        ...(damage === undefined ? [text] : toDamaged(text, damage)),
      ];
    });
    return Buffer.concat([Buffer.from(head), ...parts, Buffer.from(tail)]);
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
