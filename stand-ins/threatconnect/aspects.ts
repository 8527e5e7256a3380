/** The part of a record that a change touches. `lastModified` may move for some parts and not for others. */
export type Aspect =
  | 'rating'
  | 'confidence'
  | 'tags'
  | 'attributes'
  | 'securityLabels'
  | 'associations'
  | 'hashes'
  | 'fileOccurrences'
  | 'status'
  | 'observations'
  | 'falsePositives'
  | 'scores'
  | 'enrichment'
  | 'groups'
  | 'other';

/**
 * Which aspects move `lastModified`.
 *
 * @see the vendor's v2 "Indicators" page (rating, confidence), samples on its "Indicators", "Include Additional
 *   Fields" and "Indicator Enrichment" pages for the others
 */
export const DEFAULT_MOVES: Readonly<Record<Aspect, boolean>> = {
  rating: true,
  confidence: true,
  tags: true,
  attributes: true,
  securityLabels: true,
  associations: true,
  hashes: true,
  fileOccurrences: true,
  status: true,
  observations: false,
  falsePositives: false,
  scores: false,
  enrichment: false,
  groups: false, // a change inside an associated group
  other: true,
};

export const NOTHING_MOVES = Object.fromEntries(
  Object.keys(DEFAULT_MOVES).map((aspect) => [aspect, false]),
) as Record<Aspect, boolean>;

const ASPECT_OF_KEY: Readonly<Record<string, Aspect>> = {
  rating: 'rating',
  confidence: 'confidence',
  tags: 'tags',
  attributes: 'attributes',
  description: 'attributes', // mirrors of default attributes
  source: 'attributes',
  securityLabels: 'securityLabels',
  associatedGroups: 'associations',
  associatedIndicators: 'associations',
  customAssociations: 'associations',
  md5: 'hashes',
  sha1: 'hashes',
  sha256: 'hashes',
  fileOccurrences: 'fileOccurrences',
  active: 'status',
  observations: 'observations',
  lastObserved: 'observations',
  falsePositives: 'falsePositives',
  lastFalsePositive: 'falsePositives',
  falsePositiveReportedByUser: 'falsePositives',
  trackedUsers: 'observations',
  threatAssessScore: 'scores',
  threatAssessRating: 'scores',
  threatAssessConfidence: 'scores',
  threatAssessScoreObserved: 'scores',
  threatAssessScoreFalsePositive: 'scores',
  calScore: 'scores',
  enrichment: 'enrichment',
  dnsResolution: 'enrichment',
  geoLocation: 'enrichment',
  whois: 'enrichment',
};

export function aspectOf(key: string): Aspect {
  return ASPECT_OF_KEY[key] ?? 'other';
}
