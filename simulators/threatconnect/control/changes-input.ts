import { idOf, type Change, type NewValues } from '../changes.ts';
import { parseInstant } from '../record.ts';
import type { Batch, Script } from '../scripts.ts';
import {
  ControlError,
  optional,
  toBoolean,
  toFields,
  toInteger,
  toList,
  toOneOf,
  toText,
  type Fields,
} from './input.ts';

const BATCH_KEYS = ['changes', 'random', 'at'];

/** `{"changes":[…]}` or `{"random":{…}}`, with `"at"` where the time is not the clock's. */
export function toBatch(body: unknown): Batch {
  return batchOf(toFields(body, 'the body', BATCH_KEYS));
}

/** A batch with `"afterPage"` and `"every"`. */
export function toScript(body: unknown): Script {
  const fields = toFields(body, 'the body', ['afterPage', 'every', ...BATCH_KEYS]);
  return {
    afterPage: optional(fields, 'afterPage', 1, (value, what) => toInteger(value, what, 1)),
    every: optional(fields, 'every', false, toBoolean),
    batch: batchOf(fields),
  };
}

function batchOf(fields: Fields): Batch {
  const atMs = optional(fields, 'at', null, toInstantMs);
  if ((fields['changes'] === undefined) === (fields['random'] === undefined)) {
    throw new ControlError('give either "changes" or "random"');
  }
  if (fields['random'] === undefined) {
    const changes = toList(fields['changes'], '"changes"').map(toChange);
    return { kind: 'given', changes, atMs };
  }
  const known = ['seed', 'updates', 'creates', 'deletes', 'deactivations'];
  const random = toFields(fields['random'], '"random"', known);
  const count = (key: string): number =>
    optional(random, key, 0, (value, what) => toInteger(value, what, 0));
  const spec = {
    seed: count('seed'),
    updates: count('updates'),
    creates: count('creates'),
    deletes: count('deletes'),
    deactivations: count('deactivations'),
  };
  return { kind: 'random', spec, atMs };
}

function toChange(value: unknown, index: number): Change {
  const what = `change ${index + 1}`;
  const fields = toFields(value, what, ['op', 'id', 'set', 'record']);
  const ops = ['update', 'create', 'delete', 'deactivate', 'activate'] as const;
  const op = toOneOf(fields['op'], `${what}: "op"`, ops);
  if (op === 'create') {
    return { op, record: toFields(fields['record'], `${what}: "record"`, null) };
  }
  const id = idOf(fields['id']);
  if (id === null) throw new ControlError(`${what}: "id" must be an id, best as a string`);
  if (op !== 'update') return { op, id };
  return { op, id, set: toNewValues(fields['set'], `${what}: "set"`) };
}

/** Values as `parseKeepingNumbers` gives them; null takes the key away. */
export function toNewValues(value: unknown, what: string): NewValues {
  const set = Object.entries(toFields(value, what, null));
  return new Map(set.map(([key, json]) => [key, json === null ? null : JSON.stringify(json)]));
}

function toInstantMs(value: unknown, what: string): number {
  const ms = parseInstant(toText(value, what));
  if (ms === null) throw new ControlError(`${what} must be a time such as 2026-01-31T12:34:56Z`);
  return ms;
}
