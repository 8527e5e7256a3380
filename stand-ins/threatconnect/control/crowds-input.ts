import type { Crowd } from '../crowds.ts';
import type { RecordStore } from '../record-store.ts';
import { toKnownId } from './ids.ts';
import { ControlError, optional, toFields, toInteger } from './input.ts';

const MOST = 1_000_000;

/** `{"id":"…"|"first"|"last","groups":N,"indicators":N}`. */
export function toCrowd(body: unknown, store: RecordStore): { id: bigint; crowd: Crowd } {
  const fields = toFields(body, 'the body', ['id', 'groups', 'indicators']);
  const count = (key: string): number =>
    optional(fields, key, 0, (value, what) => toInteger(value, what, 0));
  const crowd = { groups: count('groups'), indicators: count('indicators') };
  if (Math.max(crowd.groups, crowd.indicators) > MOST) {
    throw new ControlError(`at most ${MOST} of each`);
  }
  return { id: toKnownId(fields['id'], '"id"', store), crowd };
}
