import type { Change, NewValues } from '../changes.ts';
import { parseKeepingNumbers } from '../raw-json.ts';
import type { RecordStore } from '../record-store.ts';
import { composeIndicator } from './indicator.ts';
import { attribute, attackTag, tags } from './parts.ts';
import { pickType } from './generator.ts';
import { Random } from './random.ts';
import { collection, sentences } from './text.ts';

/** Number of changes of each kind. The same seed and the same records give the same changes. */
export interface RandomSpec {
  seed: number;
  updates: number;
  creates: number;
  deletes: number;
  deactivations: number;
}

const TWO_TO_53 = 2n ** 53n;

/** Draws changes to different live, active, visible records; fewer changes if there are not enough records. */
export function drawChanges(store: RecordStore, spec: RandomSpec, nowMs: number): Change[] {
  const random = new Random(spec.seed);
  const taken = new Set<number>();
  const draw = (count: number, toChange: (id: bigint, slot: number) => Change): Change[] => {
    const changes: Change[] = [];
    while (changes.length < count) {
      const slot = drawSlot(store, random, taken);
      if (slot === null) break;
      changes.push(toChange(store.columns.id[slot] ?? 0n, slot));
    }
    return changes;
  };
  const updates = draw(spec.updates, (id, slot) => ({
    op: 'update',
    silent: false,
    id,
    set: drawValues(random, nowMs, store.ownerName(slot)),
  }));
  const deletes = draw(spec.deletes, (id) => ({ op: 'delete', silent: false, id, listed: true }));
  const deactivations = draw(spec.deactivations, (id) => ({ op: 'deactivate', silent: false, id }));
  const ids = new Set<bigint>();
  const creates: Change[] = [];
  for (let left = spec.creates; left > 0; left--) {
    const id = freeId(store, random, ids);
    ids.add(id);
    creates.push({ op: 'create', silent: false, record: drawRecord(store, random, id, nowMs) });
  }
  return [...updates, ...creates, ...deletes, ...deactivations];
}

function drawSlot(store: RecordStore, random: Random, taken: Set<number>): number | null {
  const start = random.int(0, Math.max(0, store.size - 1));
  for (let step = 0; step < store.size; step++) {
    const slot = (start + step) % store.size;
    const usable = store.isActive(slot) && !store.isDeleted(slot) && store.isVisible(slot);
    if (!usable || taken.has(slot)) continue;
    taken.add(slot);
    return slot;
  }
  return null;
}

function drawValues(random: Random, nowMs: number, ownerName: string): NewValues {
  const id = random.int(80_000_000, 90_000_000);
  switch (random.int(0, 3)) {
    case 0:
      return new Map([['confidence', String(random.int(0, 100))]]);
    case 1:
      return new Map([['rating', `${random.int(0, 5)}.00`]]);
    case 2: {
      const attack = random.chance(0.2);
      const drawn = attack
        ? collection([attackTag(random, nowMs)])
        : tags(random, nowMs, ownerName);
      return new Map([['tags', drawn]]);
    }
    default: {
      const value = sentences(random, random.int(4, 30));
      const note = { id, type: 'Description', value, isDefault: true, dateMs: nowMs, ownerName };
      return new Map([
        ['description', JSON.stringify(value)],
        ['attributes', collection([attribute(note)])],
      ]);
    }
  }
}

/** Half of the new ids are between the small ids and those beyond 2^53: a new id is not always the highest. */
function freeId(store: RecordStore, random: Random, taken: ReadonlySet<bigint>): bigint {
  const low = random.chance(0.5);
  const end = low ? store.firstAtOrAbove(TWO_TO_53) : store.size;
  const last = end === 0 ? undefined : store.columns.id[store.byId[end - 1] ?? 0];
  let id = (last ?? 0n) + BigInt(low ? random.int(1, 40) : 1);
  while (taken.has(id)) id++;
  return id;
}

function drawRecord(
  store: RecordStore,
  random: Random,
  id: bigint,
  nowMs: number,
): Record<string, unknown> {
  const owners = store.owners.list.filter((owner) => owner.visible);
  const owner = owners[random.int(0, owners.length - 1)] ?? store.owners.list[0];
  if (owner === undefined) throw new Error('no owner to create an indicator for');
  const type = pickType(random);
  let summary = type.summary(random);
  while (store.findNamed(owner.name, type.name, summary) !== undefined) {
    summary = type.summary(random);
  }
  const associated = { groups: [], indicators: [] };
  const seed = { id, type, summary, owner, lastModifiedMs: nowMs, associated };
  const record = parseKeepingNumbers(composeIndicator(seed, random).text);
  if (typeof record !== 'object' || record === null) throw new Error('not a record');
  const {
    lastModified: _now,
    dateAdded: _added,
    ...rest
  } = { ...record } as Record<string, unknown>;
  return { ...rest, active: true };
}
