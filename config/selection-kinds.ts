import { everyMember, quoted, type Problem } from './problem.ts';

/**
 * What may be asked for beside the keys that are always there.
 *
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/additional_fields.html and
 *   `OPTIONS /v3/indicators/fields`; `userDetails` stands in the former only
 */
export const FIELDS: readonly string[] = [
  'associatedArtifacts',
  'associatedCases',
  'associatedGroups',
  'associatedIndicators',
  'associationName',
  'attributes',
  'customAssociations',
  'dnsResolution',
  'enrichment',
  'externalDates',
  'falsePositives',
  'fileActions',
  'fileOccurrences',
  'geoLocation',
  'investigationLinks',
  'observations',
  'securityLabels',
  'sightings',
  'tags',
  'threatAssess',
  'trackedUsers',
  'userDetails',
  'whoIs',
];

/** Its values stand in the place of others, and no document would have either. */
const GENERIC = 'genericCustomIndicatorValues';

/** Objects with fields of their own, asked for with a dot: `associatedGroups.attributes`. */
const PARENTS: readonly string[] = [
  'associatedArtifacts',
  'associatedCases',
  'associatedGroups',
  'associatedIndicators',
  'attributes',
  'customAssociations',
];

export const FIELDS_EXPECTED = `a list of ${FIELDS.join(', ')}; or a dot path below ${PARENTS.join(', ')}`;

/** Only the first step of a dot path is compared: what follows is named by the object below. */
export function parseFields(fields: string[]): string[] | Problem {
  return everyMember(fields, (field) => {
    const [parent = '', ...path] = field.split('.');
    if (parent === GENERIC || path.includes(GENERIC))
      return `names ${quoted(field)}, with which ThreatConnect sends value1 to value3 in place of a type's own keys ("AS Number", "Block", "Key Name" and others), so that documents would lack these values`;
    if (!FIELDS.includes(parent)) return `names ${quoted(field)}, which is no known field`;
    if (path.length > 0 && !PARENTS.includes(parent))
      return `names ${quoted(field)}, but ${parent} has no fields of its own`;
    return path.every((step) => /^[A-Za-z]\w*$/.test(step))
      ? null
      : `names ${quoted(field)}, which is no dot path`;
  });
}
