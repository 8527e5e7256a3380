import { idOf } from '../changes.ts';
import type { Damage } from '../damages.ts';
import { toNewValues } from './changes-input.ts';
import { ControlError, optional, toFields, toInteger } from './input.ts';

/** `{"id":"…","set":{…},"padBytes":N}`. */
export function toDamage(body: unknown): { id: bigint; damage: Damage } {
  const fields = toFields(body, 'the body', ['id', 'set', 'padBytes']);
  const id = idOf(fields['id']);
  if (id === null) throw new ControlError('"id" must be an id, best as a string');
  return {
    id,
    damage: {
      set: optional(fields, 'set', new Map(), toNewValues),
      padBytes: optional(fields, 'padBytes', 0, (value, what) => toInteger(value, what, 0)),
    },
  };
}
