import { ACTIVE, ACTIVE_LOCKED, hashText } from '../columns.ts';
import { ownKeysOf, partOf } from '../fields.ts';
import { partText } from '../page-bytes.ts';
import { parseExact } from '../raw-json.ts';
import type { RecordStore } from '../record-store.ts';
import { parseInstant } from '../record.ts';
import type { Column } from './match.ts';

export type Value = bigint | number | string | boolean;

/**
 * A TQL parameter of `/v3/indicators`.
 *
 * @see `OPTIONS /v3/indicators/tql`, and indicator_filter.py in the vendor's Python framework for the types
 */
export interface Keyword extends Column {
  /** The record's value; several for a parameter that searches a list; `null` or empty if there is none. */
  read: (store: RecordStore, slot: number) => Value | null | readonly Value[];
  /** A column with few different values: each value is tested once, not once for each record. */
  column?: 'owner' | 'type';
}

export const KEYWORDS: readonly Keyword[] = [
  { name: 'id', type: 'integer', read: (store, slot) => store.columns.id[slot] ?? null },
  {
    name: 'lastModified',
    type: 'date',
    read: (store, slot) => store.columns.lastModifiedMs[slot] ?? null,
  },
  {
    name: 'dateAdded',
    type: 'date',
    read: (store, slot) => store.columns.dateAddedMs[slot] ?? null,
  },
  { name: 'indicatorActive', type: 'boolean', read: flag(ACTIVE) },
  { name: 'activeLocked', type: 'boolean', read: flag(ACTIVE_LOCKED) },
  {
    name: 'typeName',
    type: 'string',
    column: 'type',
    read: (store, slot) => store.typeName(slot),
  },
  {
    name: 'ownerName',
    type: 'string',
    column: 'owner',
    read: (store, slot) => store.ownerName(slot),
  },
  {
    name: 'owner',
    type: 'integer',
    column: 'owner',
    read: (store, slot) => store.owners.list[store.columns.owner[slot] ?? 0]?.id ?? null,
  },
  { name: 'summary', type: 'string', read: (store, slot) => store.summary(slot) },
  { name: 'rating', type: 'integer', read: column('rating') },
  { name: 'confidence', type: 'integer', read: column('confidencePercent') },
  { name: 'threatAssessScore', type: 'integer', read: column('threatAssessScore') },
  { name: 'commonId', type: 'integer', read: commonId },
  member('calScore', 'integer', 'calScore'),
  member('description', 'string', 'description'),
  member('source', 'string', 'source'),
  member('firstSeen', 'date', 'firstSeen'),
  member('lastSeen', 'date', 'lastSeen'),
  member('externalDateAdded', 'date', 'externalDateAdded'),
  member('externalLastModified', 'date', 'externalLastModified'),
  member('externalDateExpires', 'date', 'externalDateExpires'),
  member('observationCount', 'integer', 'observations'),
  member('lastObserved', 'date', 'lastObserved'),
  member('falsePositiveCount', 'integer', 'falsePositives'),
  member('lastFalsePositive', 'date', 'lastFalsePositive'),
  member('fileSize', 'integer', 'size'),
  member('hostDnsActive', 'boolean', 'dnsActive'),
  member('hostWhoisActive', 'boolean', 'whoisActive'),
  { ...list('tag', 'string', 'tags', 'name'), caseSensitive: true },
  list('attackTag', 'string', 'tags', 'techniqueId'),
  list('securityLabel', 'string', 'securityLabels', 'name'),
  list('associatedGroup', 'integer', 'associatedGroups', 'id'),
  list('associatedIndicator', 'integer', 'associatedIndicators', 'id'),
  {
    name: 'threatAssessLastUpdated',
    type: 'date',
    read: (store, slot) => store.scoredAtMs.get(slot) ?? store.columns.dateAddedMs[slot] ?? null,
  },
  ...[0, 1, 2].map((index): Keyword => ({
    name: `value${index + 1}`,
    type: 'string',
    read: (store, slot) => {
      const key = ownKeysOf(store.typeName(slot))[index];
      return key === undefined ? null : scalar(readMember(store, slot, key), 'string');
    },
  })),
];

const BY_NAME = new Map(KEYWORDS.map((keyword) => [keyword.name.toLowerCase(), keyword]));

/** Parameters that ThreatConnect has and this server does not evaluate. A prefix ends with `*`. */
const UNSUPPORTED =
  'type tagOwner tagOwnerName associatedGroupSource associatedIndicatorSource hasCustomAssociation hasAllTags hasCase hasArtifact hasVictim hasVictimAsset hasIntelRequirement address* vt* abuseIpdb* dt* riskIq*'
    .toLowerCase()
    .split(' ');

/** Ignores case. @see the vendor's "TQL Operators and Parameters" page */
export function keywordNamed(name: string): Keyword | undefined {
  return BY_NAME.get(name.toLowerCase());
}

export function isKnownButUnsupported(name: string): boolean {
  const lower = name.toLowerCase();
  return UNSUPPORTED.some((known) =>
    known.endsWith('*') ? lower.startsWith(known.slice(0, -1)) : lower === known,
  );
}

/** 52 bits that are equal for all copies of an indicator: they depend only on type and summary. */
function commonId(store: RecordStore, slot: number): number {
  const type = hashText(store.typeName(slot)) & 0xf_ffff;
  return type * 2 ** 32 + (store.columns.summaryHash[slot] ?? 0);
}

function flag(bit: number): Keyword['read'] {
  return (store, slot) => ((store.columns.flags[slot] ?? 0) & bit) !== 0;
}

function column(name: 'rating' | 'confidencePercent' | 'threatAssessScore'): Keyword['read'] {
  return (store, slot) => {
    const value = store.columns[name][slot] ?? NaN;
    return Number.isNaN(value) ? null : value;
  };
}

function member(name: string, type: Keyword['type'], key: string): Keyword {
  return { name, type, read: (store, slot) => scalar(readMember(store, slot, key), type) };
}

/** A parameter that reads one key of every element of a nested collection. */
function list(name: string, type: Keyword['type'], key: string, elementKey: string): Keyword {
  const read: Keyword['read'] = (store, slot) => {
    const collection = readMember(store, slot, key);
    const data = isObject(collection) ? collection['data'] : undefined;
    if (!Array.isArray(data)) return [];
    return data.flatMap((element: unknown) => {
      const value = isObject(element) ? scalar(element[elementKey], type) : null;
      return value === null ? [] : [value];
    });
  };
  return { name, type, read };
}

function readMember(store: RecordStore, slot: number, key: string): unknown {
  const part = partOf(key, store.typeName(slot));
  const members = parseExact(partText(store, slot, part));
  return isObject(members) ? members[key] : undefined;
}

export function scalar(value: unknown, type: Keyword['type']): Value | null {
  if (type === 'date') return typeof value === 'string' ? parseInstant(value) : null;
  if (type === 'integer') {
    return typeof value === 'number' || typeof value === 'bigint' ? value : null;
  }
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return typeof value === 'string' ? value : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
