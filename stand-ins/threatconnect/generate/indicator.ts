import type { Owner } from '../owners.ts';
import type { Random } from './random.ts';
import { attribute, rarities, securityLabels, tags, threatAssess } from './parts.ts';
import { collection, instant, object, quoted, sentences, type Members } from './text.ts';
import { INDICATOR_TYPES, type IndicatorType } from './types.ts';

const DAY_MS = 86_400_000;

export interface Seed {
  id: bigint;
  type: IndicatorType;
  summary: string;
  owner: Owner;
  lastModifiedMs: number;
  /** Texts of groups and of indicators (default keys); `null` leaves both keys out. */
  associated: { groups: readonly string[]; indicators: readonly string[] } | null;
}

export interface Composed {
  /** The whole record. */
  text: string;
  /** Only its default keys, as another record nests it. */
  nested: string;
}

/**
 * Writes an indicator with all its parts, keys in the order in which the API prints them.
 *
 * @see the vendor's "Indicators" page for keys and their order
 */
export function composeIndicator(seed: Seed, random: Random): Composed {
  const { id, type, summary, owner, lastModifiedMs } = seed;
  const addedMs = random.chance(0.3)
    ? lastModifiedMs
    : lastModifiedMs - random.int(1, 300 * DAY_MS);
  const noted = random.chance(0.15);
  const note = noted ? sentences(random, random.int(4, 16)) : '';
  const own = Object.entries(type.own(summary)).map(([key, value]): Members[number] => [
    key,
    JSON.stringify(value),
  ]);
  if (type.name === 'File' && random.chance(0.5)) own.push(['size', String(random.int(100, 9e6))]);

  const head: Members = [
    ['id', String(id)],
    ['dateAdded', instant(addedMs)],
  ];
  const ownerAndLink: Members = [
    ['ownerId', String(owner.id)],
    ['ownerName', quoted(owner.name)],
    ['webLink', quoted(`https://tc.example.com/#/details/indicators/${id}`)],
  ];
  const typed: Members = [
    ['type', quoted(type.name)],
    ['lastModified', instant(lastModifiedMs)],
    ...(random.chance(0.8) ? [['rating', rating(random)] satisfies Members[number]] : []),
    ...(random.chance(0.85)
      ? [['confidence', String(random.int(0, 100))] satisfies Members[number]]
      : []),
  ];
  const middle: Members = [
    ...(noted ? [['description', quoted(note)] satisfies Members[number]] : []),
    ['summary', quoted(summary)],
  ];
  const status: Members = [
    ['privateFlag', 'false'],
    ['active', String(!random.chance(0.03))],
    ['activeLocked', String(random.chance(0.05))],
  ];
  const link: Members = [['legacyLink', quoted(legacyLink(seed))]];
  const tail = type.custom ? [...link, ...own] : [...own, ...link];
  const associated: Members =
    seed.associated === null
      ? []
      : [
          ['associatedGroups', collection(seed.associated.groups)],
          ['associatedIndicators', collection(seed.associated.indicators)],
        ];

  return {
    text: object([
      ...head,
      ['securityLabels', securityLabels(random)],
      ...ownerAndLink,
      ['tags', tags(random, lastModifiedMs, owner.name)],
      ...typed,
      ...threatAssess(random),
      ...middle,
      ...rarities(random, type.name, lastModifiedMs),
      ...status,
      ...associated,
      ['attributes', attributes(seed, note, random)],
      ...tail,
    ]),
    nested: object([...head, ...ownerAndLink, ...typed, ...middle, ...status, ...tail]),
  };
}

/** The keys that the API adds to a new record of `/_sim/mutate`. */
export function typeKeys(typeName: string, summary: string): Record<string, unknown> {
  const type = INDICATOR_TYPES.find(({ name }) => name === typeName);
  return type === undefined ? {} : type.own(summary);
}

export function legacyLink({
  id,
  type,
  summary,
  owner,
}: Pick<Seed, 'id' | 'type' | 'summary' | 'owner'>): string {
  const base = 'https://tc.example.com/auth/indicators/details';
  const name = encodeURIComponent(owner.name).replaceAll('%20', '+');
  if (type.link !== null) {
    const value = encodeURIComponent(summary.split(' : ')[0] ?? summary);
    return `${base}/${type.link.page}.xhtml?${type.link.key}=${value}&owner=${name}`;
  }
  return type.custom
    ? `${base}/customIndicator.xhtml?id=${id}&owner=${name}`
    : `${base}/url.xhtml?orgid=${id}&owner=${name}`;
}

/** A decimal, in one of the spellings that are known to occur. */
function rating(random: Random): string {
  return random.pick(['1.00', '2.00', '3.00', '4.00', '5.00', '3.0', '3', '4.5']);
}

function attributes(seed: Seed, note: string, random: Random): string {
  const { id, owner, lastModifiedMs: dateMs } = seed;
  const base = 71_000_000 + Number(id % 1_000_000n) * 4;
  const ownerName = owner.name;
  const list: string[] = [];
  if (note !== '') {
    list.push(
      attribute({ id: base, type: 'Description', value: note, isDefault: true, dateMs, ownerName }),
    );
  }
  if (random.chance(0.12)) {
    const value = sentences(random, random.int(10, 60));
    const type = 'Additional Analysis and Context';
    list.push(attribute({ id: base + 1, type, value, isDefault: false, dateMs, ownerName }));
  }
  if (random.chance(0.08)) {
    const value = new Date(dateMs - 2000).toISOString();
    list.push(
      attribute({ id: base + 2, type: 'Last Seen', value, isDefault: false, dateMs, ownerName }),
    );
  }
  return collection(list);
}
