import { Fault, quoted } from './fault.ts';
import { split } from './kinds.ts';
import type { Kind } from './setting.ts';

/**
 * Optional fields: ThreatConnect sends them only on request.
 *
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/additional_fields.html and
 *   `OPTIONS /v3/indicators/fields`; `userDetails` is only in the first
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

/** ThreatConnect sends its values in place of others, so documents would have neither. */
const GENERIC = 'genericCustomIndicatorValues';

/** Objects with fields of their own, requested with a dot: `associatedGroups.attributes`. */
const PARENTS: readonly string[] = [
  'associatedArtifacts',
  'associatedCases',
  'associatedGroups',
  'associatedIndicators',
  'attributes',
  'customAssociations',
];

export const FIELDS_EXPECTED = `a list of ${FIELDS.join(', ')}; or a dot path below ${PARENTS.join(', ')}`;

/** @returns the fields, each once. Of a dot path only the first step is checked; ThreatConnect checks the others */
export function parseFields(fields: string[]): string[] | Fault {
  for (const field of fields) {
    const fault = fieldFault(field);
    if (fault !== null) return new Fault(`names ${quoted(field)}${fault}`);
  }
  return [...new Set(fields)];
}

function fieldFault(field: string): string | null {
  const [parent = '', ...path] = field.split('.');
  if (parent === GENERIC || path.includes(GENERIC))
    return `, with which ThreatConnect sends value1 to value3 in place of a type's own keys ("AS Number", "Block", "Key Name" and others), so that documents would lack these values`;
  if (!FIELDS.includes(parent)) return ', which is an unknown field';
  if (path.length > 0 && !PARENTS.includes(parent))
    return `, but ${parent} has no fields of its own`;
  return path.every((step) => /^[A-Za-z]\w*$/.test(step)) ? null : ', which is not a dot path';
}

/** Optional fields of a record. */
export const fields: Kind<string[]> = {
  read: (text) => parseFields(split(text)),
  expected: FIELDS_EXPECTED,
};

const STRING = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/gs;

/**
 * Checks that an operator's filter cannot break the query around it: the program puts the filter in parentheses and
 * joins it to the window, so it must not close them.
 *
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/filter_results.html strings are in double or
 *   single quotes with backslash escapes; keywords are case-insensitive
 */
export function parseTql(tql: string): string | Fault {
  if (tql.trim() === '') return new Fault('is blank');
  const bare = tql.replaceAll(STRING, ' ');
  if (/["']/.test(bare)) return new Fault('has a quote that is not closed');
  if (!isBalanced(bare)) return new Fault('has parentheses that do not match');
  if (/\bindicatorActive\b/i.test(bare)) {
    return new Fault(
      'names indicatorActive: then the end of an indicator that becomes inactive would be lost',
    );
  }
  return tql;
}

/** An operator's own filter. */
export const tql: Kind<string> = {
  read: parseTql,
  expected: 'a TQL filter that does not name indicatorActive',
};

function isBalanced(bare: string): boolean {
  let depth = 0;
  for (const [parenthesis] of bare.matchAll(/[()]/g)) {
    depth += parenthesis === '(' ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
