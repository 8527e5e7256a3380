import { commitBatch, type Batch } from '../batches.ts';
import type { Change, NewValues } from '../changes.ts';
import { parseInstant } from '../record.ts';
import type { Script } from '../scripts.ts';
import type { Simulator } from '../simulator.ts';
import { toId } from './ids.ts';
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
import { toSettings } from './settings.ts';

const WAYS = ['changes', 'random', 'oneSecond'] as const;
const BATCH_KEYS = [...WAYS, 'at', 'commitAfterMs'];

/**
 * `{"changes":[…]}`, `{"random":{…}}` or `{"oneSecond":N}`, with `"at"` for another time than that of the clock,
 * and `"commitAfterMs"` if they become visible later.
 */
export function toBatch(body: unknown): Batch {
  return batchOf(toFields(body, 'the body', BATCH_KEYS));
}

/** A batch, or settings under `"do"`, with `"afterPage"` and `"every"`. */
export function toScript(body: unknown, simulator: Simulator): Script {
  const fields = toFields(body, 'the body', ['afterPage', 'every', 'do', ...BATCH_KEYS]);
  const when = {
    afterPage: optional(fields, 'afterPage', 1, (value, what) => toInteger(value, what, 1)),
    every: optional(fields, 'every', false, toBoolean),
  };
  if (fields['do'] !== undefined) {
    const set = toSettings(fields['do'], '"do"');
    return { ...when, run: () => set(simulator) };
  }
  const batch = batchOf(fields);
  return { ...when, run: (round) => void commitBatch(simulator, batch, round) };
}

function batchOf(fields: Fields): Batch {
  const when = {
    atMs: optional(fields, 'at', null, toInstantMs),
    commitAfterMs: optional(fields, 'commitAfterMs', null, (value, what) =>
      toInteger(value, what, 0),
    ),
  };
  const [way, ...more] = WAYS.filter((key) => fields[key] !== undefined);
  if (way === undefined || more.length > 0) {
    throw new ControlError(`give one of ${WAYS.join(', ')}`);
  }
  if (way === 'oneSecond') {
    return { kind: way, count: toInteger(fields[way], '"oneSecond"', 1), ...when };
  }
  if (way === 'changes') {
    const changes = toList(fields[way], '"changes"').map(toChange);
    return { kind: 'given', changes, ...when };
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
  return { kind: 'random', spec, ...when };
}

/** Keys of each change besides `op`. */
const KEYS: Readonly<Record<Change['op'], readonly string[]>> = {
  update: ['id', 'set'],
  updateGroup: ['id', 'set'],
  create: ['record'],
  createGroup: ['record'],
  delete: ['id', 'listed'],
  deleteGroup: ['id'],
  deactivate: ['id'],
  activate: ['id'],
  associate: ['id', 'group', 'indicator'],
  dissociate: ['id', 'group', 'indicator'],
  mergeFiles: ['id', 'other'],
};

function toChange(value: unknown, index: number): Change {
  const what = `change ${index + 1}`;
  const ops = Object.keys(KEYS) as Change['op'][];
  const op = toOneOf(toFields(value, what, null)['op'], `${what}: "op"`, ops);
  const fields = toFields(value, what, ['op', 'silent', ...KEYS[op]]);
  const silent = optional(fields, 'silent', false, toBoolean);
  if (op === 'create' || op === 'createGroup') {
    return { op, silent, record: toFields(fields['record'], `${what}: "record"`, null) };
  }
  const id = toId(fields['id'], `${what}: "id"`);
  switch (op) {
    case 'update':
    case 'updateGroup':
      return { op, silent, id, set: toNewValues(fields['set'], `${what}: "set"`) };
    case 'delete':
      return { op, silent, id, listed: optional(fields, 'listed', true, toBoolean) };
    case 'mergeFiles':
      return { op, silent, id, other: toId(fields['other'], `${what}: "other"`) };
    case 'associate':
    case 'dissociate': {
      const end = fields['group'] === undefined ? 'indicator' : 'group';
      return { op, silent, id, with: end, other: toId(fields[end], `${what}: "${end}"`) };
    }
    default:
      return { op, silent, id };
  }
}

/** Values from `parseKeepingNumbers`; `null` removes the key. */
export function toNewValues(value: unknown, what: string): NewValues {
  const set = Object.entries(toFields(value, what, null));
  return new Map(set.map(([key, json]) => [key, json === null ? null : JSON.stringify(json)]));
}

function toInstantMs(value: unknown, what: string): number {
  const ms = parseInstant(toText(value, what));
  if (ms === null) throw new ControlError(`${what} must be a time such as 2026-01-31T12:34:56Z`);
  return ms;
}
