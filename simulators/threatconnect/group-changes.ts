import { ChangeError, idOf, ownerOf, type NewValues } from './changes.ts';
import { createdBy } from './generate/text.ts';
import { DETAIL_KEYS, withoutDetails } from './groups.ts';
import { changed, collectionOf, nestedIn, type Element } from './nested.ts';
import { withMembers } from './raw-json.ts';
import type { RecordStore } from './record-store.ts';
import { printInstant } from './record.ts';
import { rewrite } from './rewrite.ts';
import type { Simulator } from './simulator.ts';

type World = Pick<Simulator, 'store' | 'groups' | 'switches'>;

/** Gives a group what was left out; no record names it yet. */
export function createGroup(
  { store, groups }: World,
  given: Record<string, unknown>,
  atMs: number,
): bigint {
  const { name, type = 'Threat' } = given;
  if (typeof name !== 'string') throw new ChangeError('a group needs "name", a string');
  const id = idOf(given['id']) ?? groups.nextId();
  if (groups.get(id) !== undefined) throw new ChangeError(`group ${id} exists`);
  const owner = ownerOf(store, given['ownerId'], given['ownerName']);
  const at = printInstant(atMs);
  const record = {
    id: null, // written below, as a bare integer
    dateAdded: at,
    ownerId: owner.id,
    ownerName: owner.name,
    webLink: `https://tc.example.com/#/details/groups/${id}/overview`,
    type,
    name,
    createdBy: null,
    upVoteCount: '0',
    downVoteCount: '0',
    lastModified: at,
    attributes: {},
    securityLabels: {},
    tags: {},
    ...given,
  };
  const own = new Map([['id', String(id)]]);
  if (given['createdBy'] === undefined) own.set('createdBy', createdBy(owner.name));
  groups.set(id, withMembers(Buffer.from(JSON.stringify(record)), own).toString());
  return id;
}

/**
 * Changes a group, and what every record shows of it. Whether that moves the records' `lastModified` is a switch.
 *
 * @see the vendor's "Include Additional Fields in API Responses" page: an indicator older than its group's change
 */
export function updateGroup(world: World, id: bigint, set: NewValues, atMs: number): void {
  const { store, groups, switches } = world;
  const text = groups.get(id);
  if (text === undefined) throw new ChangeError(`group ${id} does not exist`);
  const values = new Map(set);
  if (!set.has('lastModified')) values.set('lastModified', JSON.stringify(printInstant(atMs)));
  groups.set(id, changed(text, values));
  const shown = new Map(values);
  for (const key of DETAIL_KEYS) shown.delete(key);
  for (let slot = 0; slot < store.size; slot++) {
    const elements = nestedIn(store, slot, 'associatedGroups');
    if (store.isDeleted(slot) || !elements.some((element) => element.id === id)) continue;
    const texts = elements.map((each) => (each.id === id ? changed(each.text, shown) : each.text));
    const collection = new Map([['associatedGroups', collectionOf(texts)]]);
    rewrite(store, slot, collection, switches.movesLastModified.groups ? atMs : null);
  }
}

/** What a record shows of a group. */
export function groupElement({ groups }: World, id: bigint): Element {
  const text = groups.get(id);
  if (text === undefined) throw new ChangeError(`group ${id} does not exist`);
  return { id, text: withoutDetails(text) };
}

/** Puts an element into a record's collection, or takes it out. */
export function setNested(
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
