import { ChangeError, liveSlot, type Change, type World } from './changes.ts';
import { selectFields } from './fields.ts';
import { withoutDetails } from './groups.ts';
import { collectionOf, nestedIn, type Element } from './nested.ts';
import { joinRecords } from './page-bytes.ts';
import type { RecordStore } from './record-store.ts';
import { rewrite } from './rewrite.ts';

/**
 * Adds or removes an association of an indicator with a group or with another indicator. The latter is shown at both
 * ends.
 *
 * @see the vendor's "Indicators" page: at both ends the association of two indicators moves `lastModified`
 */
export function associate(
  world: World,
  slot: number,
  change: Extract<Change, { op: 'associate' | 'dissociate' }>,
  atMs: number,
): void {
  const { store, switches } = world;
  const lastModifiedMs = switches.movesLastModified.associations ? atMs : null;
  const put = { put: change.op === 'associate', lastModifiedMs };
  if (change.with === 'group') {
    setNested(store, slot, 'associatedGroups', groupElement(world, change.other), put);
    return;
  }
  const other = liveSlot(store, change.other);
  const elements = [slot, other].map((each) => ({
    id: store.columns.id[each] ?? 0n,
    text: joinRecords(store, [each], selectFields([]), '', '').toString(),
  }));
  const [own, others] = elements;
  if (own === undefined || others === undefined) return;
  setNested(store, slot, 'associatedIndicators', others, put);
  setNested(store, other, 'associatedIndicators', own, put);
}

/** A group as a record shows it. */
function groupElement({ groups }: World, id: bigint): Element {
  const text = groups.get(id);
  if (text === undefined) throw new ChangeError(`group ${id} does not exist`);
  return { id, text: withoutDetails(text) };
}

/** Adds an element to a record's collection, or removes it. */
function setNested(
  store: RecordStore,
  slot: number,
  key: string,
  element: Element,
  change: { put: boolean; lastModifiedMs: number | null },
): void {
  const others = nestedIn(store, slot, key).filter(({ id }) => id !== element.id);
  const texts = (change.put ? [...others, element] : others).map(({ text }) => text);
  rewrite(store, slot, new Map([[key, collectionOf(texts)]]), change.lastModifiedMs);
}
