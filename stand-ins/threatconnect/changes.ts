import { aspectOf, NOTHING_MOVES } from './aspects.ts';
import { associate } from './associate.ts';
import { hashesOf, withSummary } from './file-hashes.ts';
import { legacyLink, typeKeys } from './generate/indicator.ts';
import { INDICATOR_TYPES } from './generate/types.ts';
import { createGroup, deleteGroup, updateGroup } from './group-changes.ts';
import type { Owner } from './owners.ts';
import { withMembers } from './raw-json.ts';
import type { RecordStore } from './record-store.ts';
import { MAX_ID, parseInstant, printInstant, readRecord } from './record.ts';
import { rewrite } from './rewrite.ts';
import type { Simulator } from './simulator.ts';

/** JSON texts by key; `null` removes the key. */
export type NewValues = ReadonlyMap<string, string | null>;

export type Change = {
  /** True: `lastModified` does not move, whatever the switches say. */
  silent: boolean;
} & (
  | { op: 'update' | 'updateGroup'; id: bigint; set: NewValues }
  /** Values from `parseKeepingNumbers`; missing keys are filled in. */
  | { op: 'create'; record: Record<string, unknown> }
  | { op: 'createGroup'; record: Record<string, unknown> }
  | { op: 'deactivate' | 'activate' | 'deleteGroup'; id: bigint }
  /** `listed: false`: `/v3/indicators/deleted` never shows the deletion. */
  | { op: 'delete'; id: bigint; listed: boolean }
  /** Adds or removes an association with a group or another indicator. */
  | { op: 'associate' | 'dissociate'; id: bigint; with: 'group' | 'indicator'; other: bigint }
  /** One File takes the other's hashes; the other is deleted. */
  | { op: 'mergeFiles'; id: bigint; other: bigint }
);

export interface Changed {
  op: Change['op'];
  id: bigint;
}

/** A change that cannot be made. The message says which one and why. */
export class ChangeError extends Error {
  override readonly name = 'ChangeError';
}

/** Keys that identify an indicator and never change. The summary is missing because that of a File may grow. */
const FIXED_KEYS = ['id', 'type', 'ownerId', 'ownerName'];

/** The state that changes read and write. */
export type World = Pick<Simulator, 'store' | 'groups' | 'switches'>;

/**
 * Makes the changes one after the other, as users of the instance would. `lastModified` moves to `atMs` if the
 * switches say so, unless a change has its own `lastModified`.
 *
 * @throws {ChangeError} at the first change that cannot be made; the changes before it remain
 */
export function applyChanges(world: World, changes: readonly Change[], atMs: number): Changed[] {
  return changes.map((change, index) => {
    try {
      return applyChange(change.silent ? silenced(world) : world, change, atMs);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ChangeError(`change ${index + 1} (${change.op}): ${reason}`, { cause: error });
    }
  });
}

function silenced(world: World): World {
  return { ...world, switches: { ...world.switches, movesLastModified: NOTHING_MOVES } };
}

function applyChange(world: World, change: Change, atMs: number): Changed {
  const { store } = world;
  if (change.op === 'create') return { op: change.op, id: create(store, change.record, atMs) };
  if (change.op === 'createGroup') {
    return { op: change.op, id: createGroup(world, change.record, atMs) };
  }
  const { op, id } = change;
  if (op === 'updateGroup' || op === 'deleteGroup') {
    if (op === 'updateGroup') updateGroup(world, id, change.set, atMs);
    else deleteGroup(world, id, atMs);
    return { op, id };
  }
  const slot = liveSlot(store, id);
  if (op === 'delete') store.delete(slot, atMs, change.listed);
  else if (op === 'update') update(world, slot, change.set, atMs);
  else if (op === 'associate' || op === 'dissociate') associate(world, slot, change, atMs);
  else if (op === 'mergeFiles') mergeFiles(world, slot, liveSlot(store, change.other), atMs);
  else update(world, slot, new Map([['active', String(op === 'activate')]]), atMs);
  return { op, id };
}

export function liveSlot(store: RecordStore, id: bigint): number {
  const slot = store.find(id);
  if (slot === undefined) throw new ChangeError(`id ${id} does not exist`);
  if (store.isDeleted(slot)) throw new ChangeError(`id ${id} is deleted`);
  return slot;
}

function update({ store, switches }: World, slot: number, set: NewValues, atMs: number): void {
  const fixed = FIXED_KEYS.find((key) => set.has(key));
  if (fixed !== undefined) throw new ChangeError(`"${fixed}" cannot be changed`);
  const given = set.get('lastModified');
  const moves = [...set.keys()].some((key) => switches.movesLastModified[aspectOf(key)]);
  const movedMs = moves ? atMs : null;
  const lastModifiedMs = given === undefined || given === null ? movedMs : instantOf(given);
  const values = store.typeName(slot) === 'File' ? withSummary(store.text(slot), set) : set;
  rewrite(store, slot, values, lastModifiedMs);
  if ([...set.keys()].some((key) => aspectOf(key) === 'scores')) store.scoredAtMs.set(slot, atMs);
}

/** @see the vendor's "Indicators" page, "Merge File Hashes": one id stays, the other goes */
function mergeFiles(world: World, kept: number, other: number, atMs: number): void {
  const { store } = world;
  if (store.typeName(kept) !== 'File' || store.typeName(other) !== 'File') {
    throw new ChangeError('only Files are merged');
  }
  const own = hashesOf(store.text(kept));
  const gained = [...hashesOf(store.text(other))].filter(([hash]) => !own.has(hash));
  store.delete(other, atMs, true);
  update(world, kept, new Map(gained), atMs);
}

function create(store: RecordStore, given: Record<string, unknown>, atMs: number): bigint {
  const { type: typeName, summary, active = true, lastModified, dateAdded } = given;
  if (typeof typeName !== 'string' || typeof summary !== 'string') {
    throw new ChangeError('a record needs "type" and "summary", both strings');
  }
  const owner = ownerOf(store, given['ownerId'], given['ownerName']);
  if (store.findNamed(owner.name, typeName, summary) !== undefined) {
    throw new ChangeError(`${owner.name} has a ${typeName} of this summary`);
  }
  const lastModifiedMs =
    lastModified === undefined ? atMs : instantOf(JSON.stringify(lastModified));
  const addedMs = dateAdded === undefined ? lastModifiedMs : instantOf(JSON.stringify(dateAdded));
  const id = idOf(given['id']) ?? nextId(store);
  const type = INDICATOR_TYPES.find(({ name }) => name === typeName);
  const link = type === undefined ? {} : { legacyLink: legacyLink({ id, type, summary, owner }) };
  const record = {
    id: null, // written below, as a bare integer
    dateAdded: null,
    ownerId: owner.id,
    ownerName: owner.name,
    webLink: `https://tc.example.com/#/details/indicators/${id}`,
    type: typeName,
    lastModified: null,
    ...given,
    active,
    privateFlag: given['privateFlag'] ?? false,
    activeLocked: given['activeLocked'] ?? false,
    ...typeKeys(typeName, summary),
    ...link,
  };
  const text = withMembers(
    Buffer.from(JSON.stringify(record)),
    new Map([
      ['id', String(id)],
      ['dateAdded', JSON.stringify(printInstant(addedMs))],
      ['lastModified', JSON.stringify(printInstant(lastModifiedMs))],
    ]),
  );
  store.add(readRecord(text, lastModifiedMs));
  return id;
}

/** Reads an id given as a string of digits or as a number with an exact literal. */
export function idOf(value: unknown): bigint | null {
  const digits = /^"?(\d{1,19})"?$/.exec(value === undefined ? '' : JSON.stringify(value))?.[1];
  return digits === undefined ? null : BigInt(digits);
}

/** One above the highest id that was ever used: ids are never reused. */
export function nextId(store: RecordStore): bigint {
  const last = store.byId[store.size - 1];
  const id = store.size === 0 || last === undefined ? 1n : (store.columns.id[last] ?? 0n) + 1n;
  if (id > MAX_ID) throw new ChangeError('no id is left');
  return id;
}

export function ownerOf(store: RecordStore, id: unknown, name: unknown): Owner {
  const { owners } = store;
  if (typeof id === 'number' && typeof name === 'string') {
    const owner = owners.list[owners.indexOf(id, name)];
    if (owner !== undefined) return owner;
  }
  const nothing = id === undefined && name === undefined;
  const owner = nothing
    ? owners.ownOrganization()
    : owners.list.find((known) => known.id === id || known.name === name);
  if (owner === undefined) throw new ChangeError('unknown owner; give "ownerId" and "ownerName"');
  return owner;
}

function instantOf(json: string): number {
  const value: unknown = JSON.parse(json);
  const ms = typeof value === 'string' ? parseInstant(value) : null;
  if (ms === null) throw new ChangeError('a date is not of the form 2026-01-31T12:34:56Z');
  return ms;
}
