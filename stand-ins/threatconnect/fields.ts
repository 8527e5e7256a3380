import { ApiError } from './api-error.ts';
import { DEFAULT_SWITCHES, type Switches } from './switches.ts';

/**
 * Values of `fields=` and the keys that each adds to an indicator; none is included by default.
 *
 * @see the vendor's "Include Additional Fields in API Responses" page and `OPTIONS /v3/indicators/fields`
 */
const FIELD_KEYS = {
  associatedArtifacts: ['associatedArtifacts'],
  associatedCases: ['associatedCases'],
  associatedGroups: ['associatedGroups'],
  associatedIndicators: ['associatedIndicators'],
  associationName: ['associationName', 'customAssociationName', 'customAssociationNames'],
  attributes: ['attributes'],
  customAssociations: ['customAssociations'],
  dnsResolution: ['dnsResolution'],
  enrichment: ['enrichment'],
  externalDates: ['externalDateAdded', 'externalDateExpires', 'externalLastModified'],
  falsePositives: ['falsePositives', 'lastFalsePositive', 'falsePositiveReportedByUser'],
  fileActions: ['fileActions'],
  fileOccurrences: ['fileOccurrences'],
  genericCustomIndicatorValues: ['genericCustomIndicatorValues', 'value1', 'value2', 'value3'],
  geoLocation: ['geoLocation'],
  investigationLinks: ['investigationLinks'],
  observations: ['observations', 'lastObserved'],
  securityLabels: ['securityLabels'],
  sightings: ['firstSeen', 'lastSeen'],
  tags: ['tags'],
  threatAssess: [
    'threatAssessRating',
    'threatAssessConfidence',
    'threatAssessScore',
    'threatAssessScoreObserved',
    'threatAssessScoreFalsePositive',
    'calScore',
  ],
  trackedUsers: ['trackedUsers'],
  whoIs: ['whois', 'whoIs'],
} satisfies Record<string, readonly string[]>;

/** Names that add no key. `userDetails` adds details to `createdBy`, which the records here always have. */
const FIELDS_WITHOUT_KEYS = new Set(['userDetails']);

const FIELD_NAMES = Object.keys(FIELD_KEYS);

/** Code of the part of a record that every answer has. The codes of the fields start at 1. */
export const DEFAULT_PART = 0;

/** Codes of a custom type's own keys: its first, second and third value. */
const OWN_KEY_CODES = [FIELD_NAMES.length + 1, FIELD_NAMES.length + 2, FIELD_NAMES.length + 3];

/**
 * Keys that `fields=genericCustomIndicatorValues` replaces by `value1`, `value2`, `value3`. Custom
 * types are not among them: only the instance knows their labels.
 *
 * @see the vendor's "Indicators" page
 */
const OWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  ASN: ['AS Number'],
  CIDR: ['Block'],
  'Email Subject': ['Subject'],
  Hashtag: ['Hashtag'],
  Mutex: ['Mutex'],
  'Registry Key': ['Key Name', 'Value Name', 'Value Type'],
  'User Agent': ['User Agent String'],
};

const CODE_OF_KEY = new Map(
  Object.values(FIELD_KEYS).flatMap((keys, index) => keys.map((key) => [key, index + 1] as const)),
);

/** The part of a record that a key belongs to. */
export function partOf(key: string, type: string): number {
  const own = OWN_KEYS[type]?.indexOf(key) ?? -1;
  return CODE_OF_KEY.get(key) ?? OWN_KEY_CODES[own] ?? DEFAULT_PART;
}

/** The part of a key that a value of `fields` adds. */
export function fieldOf(key: string): number {
  return CODE_OF_KEY.get(key) ?? DEFAULT_PART;
}

export function ownKeysOf(type: string): readonly string[] {
  return OWN_KEYS[type] ?? [];
}

/** The parts of an answer: bit n for the part with code n. */
export interface Selection {
  mask: number;
  /** Write `value1`… instead of the custom types' own keys. */
  generic: boolean;
  /** The requested fields of nested elements, by the field that contains them: the rest of each dotted path. */
  deep: ReadonlyMap<string, readonly string[]>;
}

export const INDICATOR_FIELDS: readonly string[] = FIELD_NAMES;

/** `value1` for the code of a first own key, and so on; `null` for every other part. */
export function genericKeyOf(code: number): string | null {
  const index = OWN_KEY_CODES.indexOf(code);
  return index < 0 ? null : `value${index + 1}`;
}

/**
 * Reads the repeated `fields` parameter.
 *
 * @throws {ApiError} 400 for a name that does not exist or has too many levels, if the switches refuse it
 * @see the vendor's "Include Additional Fields in API Responses" page
 */
export function selectFields(
  names: readonly string[],
  rules: FieldRules = DEFAULT_SWITCHES,
): Selection {
  let mask = 1 << DEFAULT_PART;
  for (const code of OWN_KEY_CODES) mask |= 1 << code;
  let generic = false;
  const deep = new Map<string, string[]>();
  for (const path of toPaths(names, rules)) {
    const [first = '', ...rest] = path;
    if (FIELDS_WITHOUT_KEYS.has(first)) continue;
    const index = FIELD_NAMES.indexOf(first);
    if (index < 0) {
      if (rules.unknownFields === 'ignore') continue;
      throw unknownField(path.join('.'));
    }
    mask |= 1 << (index + 1);
    generic ||= first === 'genericCustomIndicatorValues';
    if (rest.length > 0) deep.set(first, [...(deep.get(first) ?? []), rest.join('.')]);
  }
  return { mask, generic, deep };
}

/** Names as paths of the allowed length. `tags,attributes` is one name unless a switch makes it two. */
export function toPaths(names: readonly string[], rules: FieldRules): string[][] {
  const { commaFields, fieldLevels, deepFields } = rules;
  const split = commaFields === 'accept' ? names.flatMap((name) => name.split(',')) : names;
  return split.map((name) => {
    const path = name.trim().split('.');
    if (path.length - 1 <= fieldLevels) return path;
    if (deepFields === 'omit') return path.slice(0, fieldLevels + 1);
    throw new ApiError('badRequest', `fields: ${JSON.stringify(name)} exceeds the link limit`);
  });
}

export function unknownField(name: string): ApiError {
  return new ApiError('badRequest', `fields: unknown field ${JSON.stringify(name)}`);
}

export type FieldRules = Pick<
  Switches,
  'unknownFields' | 'commaFields' | 'fieldLevels' | 'deepFields'
>;
