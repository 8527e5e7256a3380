import type { Damage } from '../damages.ts';
import { toNewValues } from './changes-input.ts';
import { toId } from './ids.ts';
import { optional, toFields, toInteger } from './input.ts';

/** `{"id":"…","set":{…},"padBytes":N}`. */
export function toDamage(body: unknown): { id: bigint; damage: Damage } {
  const fields = toFields(body, 'the body', ['id', 'set', 'padBytes']);
  return {
    id: toId(fields['id'], '"id"'),
    damage: {
      set: optional(fields, 'set', new Map(), toNewValues),
      padBytes: optional(fields, 'padBytes', 0, (value, what) => toInteger(value, what, 0)),
    },
  };
}
