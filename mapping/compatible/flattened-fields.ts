import { isObject, type Json, type JsonObject } from '../exact-json.ts';
import type { MappingErrors } from './errors.ts';

/** Kept whole: keys, types and order inside are the source's. */
const FIELDS: readonly (readonly [source: string, target: string])[] = [
  ['associatedArtifacts', 'associated_artifacts'],
  ['associatedCases', 'associated_cases'],
  ['customAssociations', 'custom_associations'],
  ['dnsResolution', 'dns_resolution'],
  ['enrichment', 'enrichment'],
  ['fileActions', 'file_actions'],
  ['fileOccurrences', 'file_occurrences'],
  ['genericCustomIndicatorValues', 'generic_custom_indicator_values'],
  ['geoLocation', 'geo_location'],
  ['investigationLinks', 'investigation_links'],
  ['observations', 'observations'],
  ['trackedUsers', 'tracked_users'],
  ['whoIs', 'who_is'],
];

export const FLATTENED_SOURCES: readonly string[] = FIELDS.map(([source]) => source);
export const FLATTENED_KEYS: readonly string[] = FIELDS.map(([, target]) => target);

/**
 * Sets the `flattened` fields. Elasticsearch refuses a document whose flattened field is neither an object
 * nor a list of objects, so such a value is left out; `observations` is asked for an integer.
 */
export function setFlattenedFields(
  indicator: JsonObject,
  record: JsonObject,
  errors: MappingErrors,
): void {
  for (const [source, target] of FIELDS) {
    const value = record[source];
    if (value === undefined || value === null) continue;
    if (isFlattenable(value)) indicator[target] = value;
    else errors.expected(source, 'an object');
  }
}

function isFlattenable(value: Json): boolean {
  if (!Array.isArray(value)) return isObject(value);
  return value.every((member) => member === null || isObject(member));
}
