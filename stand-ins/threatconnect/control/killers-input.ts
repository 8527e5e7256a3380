import type { Killer } from '../killers.ts';
import type { RecordStore } from '../record-store.ts';
import { toKnownId } from './ids.ts';
import { optional, toBoolean, toFields, toInteger, toList, toOneOf, toText } from './input.ts';

/** `{"id":"…","how":"reset"|"status"|"drip"|"hold","status":502,"alone":true,"counts":false,"fields":[…]}`. */
export function toKiller(body: unknown, store: RecordStore): { id: bigint; killer: Killer } {
  const fields = toFields(body, 'the body', ['id', 'how', 'status', 'alone', 'counts', 'fields']);
  const ways = ['reset', 'status', 'drip', 'hold'] as const;
  return {
    id: toKnownId(fields['id'], '"id"', store),
    killer: {
      how: optional(fields, 'how', 'status', (value, what) => toOneOf(value, what, ways)),
      status: optional(fields, 'status', 502, (value, what) => toInteger(value, what, 400)),
      alone: optional(fields, 'alone', true, toBoolean),
      counts: optional(fields, 'counts', false, toBoolean),
      fields: optional(fields, 'fields', [], (value, what) =>
        toList(value, what).map((each) => toText(each, what)),
      ),
    },
  };
}
