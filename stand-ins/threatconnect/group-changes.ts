import { ChangeError, idOf, ownerOf, type NewValues, type World } from './changes.ts';
import { createdBy } from './generate/text.ts';
import { DETAIL_KEYS } from './groups.ts';
import { changed, collectionOf, nestedIn, type Element } from './nested.ts';
import { withMembers } from './raw-json.ts';
import { printInstant } from './record.ts';
import { rewrite } from './rewrite.ts';

/** Fills in the missing keys of a new group. No record is associated with it yet. */
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
 * Changes a group, also as every record shows it. A switch says whether that moves the records' `lastModified`.
 *
 * @see the vendor's "Include Additional Fields in API Responses" page: its sample has an
 *   indicator that is older than the change of its group
 */
export function updateGroup(world: World, id: bigint, set: NewValues, atMs: number): void {
  const { groups } = world;
  const text = groups.get(id);
  if (text === undefined) throw new ChangeError(`group ${id} does not exist`);
  const values = new Map(set);
  if (!set.has('lastModified')) values.set('lastModified', JSON.stringify(printInstant(atMs)));
  groups.set(id, changed(text, values));
  const shown = new Map(values);
  for (const key of DETAIL_KEYS) shown.delete(key);
  inEachRecord(world, id, atMs, ({ text }) => changed(text, shown));
}

/** Removes a group, also from every record. No list shows the deletion. @see the vendor's "Available Endpoints" page */
export function deleteGroup(world: World, id: bigint, atMs: number): void {
  if (!world.groups.delete(id)) throw new ChangeError(`group ${id} does not exist`);
  inEachRecord(world, id, atMs, () => null);
}

/** @param change `null` removes the group from the record */
function inEachRecord(
  { store, switches }: World,
  id: bigint,
  atMs: number,
  change: (element: Element) => string | null,
): void {
  for (let slot = 0; slot < store.size; slot++) {
    const elements = nestedIn(store, slot, 'associatedGroups');
    if (store.isDeleted(slot) || !elements.some((element) => element.id === id)) continue;
    const texts = elements.map((each) => (each.id === id ? change(each) : each.text));
    const collection = collectionOf(texts.filter((text) => text !== null));
    const lastModifiedMs = switches.movesLastModified.groups ? atMs : null;
    rewrite(store, slot, new Map([['associatedGroups', collection]]), lastModifiedMs);
  }
}
