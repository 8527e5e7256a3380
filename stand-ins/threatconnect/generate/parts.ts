import { hashText } from '../columns.ts';
import type { Random } from './random.ts';
import { collection, createdBy, instant, object, quoted, sentences, type Members } from './text.ts';

const TLP = [
  [
    1,
    'TLP:CLEAR',
    'FFFFFF',
    'Recipients may spread this to the world; there is no limit on disclosure.',
  ],
  [
    2,
    'TLP:GREEN',
    '33FF00',
    'Limited disclosure: recipients may spread this within their community.',
  ],
  [
    ...([3, 'TLP:AMBER', 'FFC000'] as const),
    'This security label is used for information that requires support to be effectively acted upon, yet carries risks to privacy, reputation, or operations if shared outside of the organizations involved.',
  ],
  [
    4,
    'TLP:RED',
    'FF2B2B',
    'For the eyes and ears of individual recipients only, no further disclosure.',
  ],
] as const;

const TECHNIQUES = [
  ['Phishing', 'T1566', ['Initial Access']],
  ['User Execution: Malicious Link', 'T1204.001', ['Execution']],
  ['Application Layer Protocol: Web Protocols', 'T1071.001', ['Command and Control']],
  ['Boot or Logon Autostart Execution: Registry Run Keys', 'T1547.001', ['Persistence']],
  ['Financial Theft', 'T1657', ['Impact']],
] as const;

const PLATFORMS = ['Linux', 'macOS', 'Windows', 'Office 365', 'SaaS'];
const PLAIN_TAGS = [
  'acme:wave-7',
  'botnet',
  'c2',
  'Zürich',
  'ransomware',
  'commodity "stealer"',
] as const;

/** `tags`: for most records none or a few plain tags, for some an ATT&CK tag with its long description. */
export function tags(random: Random, lastUsedMs: number, ownerName: string): string {
  const elements: string[] = [];
  const plain = random.chance(0.45) ? 0 : random.int(1, 3);
  for (let left = plain; left > 0; left--) {
    const index = random.int(0, PLAIN_TAGS.length - 1);
    const name = left === 1 ? (PLAIN_TAGS[index] ?? '') : random.word();
    elements.push(
      object([
        // the id is the same for the same name and owner
        ['id', String(10_000 + (hashText(`${ownerName}/${name}`) % 1_000_000))],
        ['name', quoted(name)],
        ['lastUsed', instant(lastUsedMs)],
      ]),
    );
  }
  if (random.chance(0.04)) elements.push(attackTag(random, lastUsedMs));
  return collection(elements);
}

export function attackTag(random: Random, lastUsedMs: number): string {
  const [name, techniqueId, tactics] = random.pick(TECHNIQUES);
  return object([
    ['id', String(500 + Number(techniqueId.slice(1, 5)))],
    ['name', quoted(name)],
    ['description', quoted(sentences(random, 240))],
    ['lastUsed', instant(lastUsedMs)],
    ['techniqueId', quoted(techniqueId)],
    ['tactics', JSON.stringify({ data: tactics, count: tactics.length })],
    ['platforms', JSON.stringify({ data: PLATFORMS, count: PLATFORMS.length })],
  ]);
}

/** `securityLabels`; TLP labels belong to "System". */
export function securityLabels(random: Random): string {
  if (random.chance(0.7)) return '{}';
  const [id, name, color, description] = random.pick(TLP);
  const label = object([
    ['id', String(id)],
    ['name', quoted(name)],
    ['description', quoted(description)],
    ['color', quoted(color)],
    ['owner', quoted('System')],
    ['dateAdded', quoted('2016-08-31T00:00:00Z')],
  ]);
  return collection([label]);
}

export interface Attribute {
  id: number;
  type: string;
  value: string;
  isDefault: boolean;
  dateMs: number;
  ownerName: string;
}

export function attribute({ id, type, value, isDefault, dateMs, ownerName }: Attribute): string {
  return object([
    ['id', String(id)],
    ['dateAdded', instant(dateMs)],
    ['type', quoted(type)],
    ['value', quoted(value)],
    ['createdBy', createdBy(ownerName)],
    ['lastModified', instant(dateMs)],
    ['pinned', 'false'],
    ['default', String(isDefault)],
  ]);
}

/** Scores, 0 to 1000; the legacy rating and confidence come as decimals. */
export function threatAssess(random: Random): Members {
  if (random.chance(0.2)) return [];
  return [
    ['threatAssessRating', '0.0'],
    ['threatAssessConfidence', '0.0'],
    ['threatAssessScore', String(random.int(0, 1000))],
    ['threatAssessScoreObserved', '0'],
    ['threatAssessScoreFalsePositive', '0'],
  ];
}

/** Keys that only some records have: sightings, observations, false positives, external dates, reports of users. */
export function rarities(random: Random, type: string, modifiedMs: number): Members {
  const members: Members = [];
  const midnight = Math.floor(modifiedMs / 86_400_000) * 86_400_000;
  if (random.chance(0.1)) {
    members.push(['observations', String(random.int(1, 400))], ['lastObserved', instant(midnight)]);
  }
  if (random.chance(0.05)) {
    members.push(['falsePositives', '1'], ['lastFalsePositive', instant(midnight)]);
    members.push(['falsePositiveReportedByUser', 'false']);
  }
  if (random.chance(0.1)) {
    members.push(['firstSeen', instant(modifiedMs - 9_000_000)], ['lastSeen', instant(modifiedMs)]);
  }
  if (random.chance(0.05)) {
    members.push(['externalDateAdded', instant(midnight)]);
    members.push(['externalLastModified', instant(midnight)]);
  }
  if (random.chance(0.02)) {
    members.push(['trackedUsers', '{"Jane Roe":{"observations":2,"falsePositives":0}}']);
  }
  if (type === 'File')
    members.push(['fileActions', '{"count":0}'], ['fileOccurrences', '{"count":0}']);
  return members;
}
