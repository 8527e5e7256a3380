import type { Owner } from '../owners.ts';
import { groupDetails } from './group-details.ts';
import { makeGroup } from './groups.ts';
import { legacyLink } from './indicator.ts';
import { Random } from './random.ts';
import { instant, object, quoted } from './text.ts';
import { INDICATOR_TYPES } from './types.ts';

const SPAN = { fromMs: Date.UTC(2025, 0, 1), toMs: Date.UTC(2026, 0, 1) };
const HOST = INDICATOR_TYPES.find(({ name }) => name === 'Host') ?? INDICATOR_TYPES[0];

/** A group with all its parts. The same id gives the same group. */
export function crowdGroup(id: bigint, owner: Owner): string {
  const random = new Random(Number(id & 0xffff_ffffn));
  const group = makeGroup(random, owner, SPAN, id, String(id));
  return object([...group, ...groupDetails(id)]);
}

/** A Host with its default keys. The same id gives the same Host. */
export function crowdIndicator(id: bigint, owner: Owner): { text: string; lastModifiedMs: number } {
  const random = new Random(Number(id & 0xffff_ffffn));
  const summary = `n${id}.${random.word()}.example`;
  const lastModifiedMs = random.int(SPAN.fromMs, SPAN.toMs);
  const text = object([
    ['id', String(id)],
    ['dateAdded', instant(SPAN.fromMs)],
    ['ownerId', String(owner.id)],
    ['ownerName', quoted(owner.name)],
    ['webLink', quoted(`https://tc.example.com/#/details/indicators/${id}`)],
    ['type', quoted(HOST.name)],
    ['lastModified', instant(lastModifiedMs)],
    ['rating', `${random.int(0, 5)}.00`],
    ['confidence', String(random.int(0, 100))],
    ['summary', quoted(summary)],
    ['privateFlag', 'false'],
    ['active', 'true'],
    ['activeLocked', 'false'],
    ['hostName', quoted(summary)],
    ['dnsActive', 'false'],
    ['whoisActive', 'false'],
    ['legacyLink', quoted(legacyLink({ id, type: HOST, summary, owner }))],
  ]);
  return { text, lastModifiedMs };
}
