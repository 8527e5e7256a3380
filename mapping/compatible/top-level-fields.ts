import type { JsonObject } from '../exact-json.ts';
import {
  bool,
  date,
  double,
  ip,
  keep,
  long,
  lower,
  string,
  text,
  type Conversion,
} from './conversions.ts';
import type { MappingErrors } from './errors.ts';
import { place, toPath } from './place.ts';

/** A key that is not here is dropped: the integration has no general rule. */
const FIELDS: readonly (readonly [source: string, target: string, conversion: Conversion])[] = [
  ['id', 'id', string],
  ['dateAdded', 'date_added', date],
  ['lastModified', 'last_modified', date],
  ['firstSeen', 'first_seen', date],
  ['lastSeen', 'last_seen', date],
  ['externalDateAdded', 'external.date.added', date],
  ['externalDateExpires', 'external.date.expires', date],
  ['externalLastModified', 'external_last.modified', date],
  ['lastFalsePositive', 'last_false_positive', date],
  ['ownerId', 'owner.id', string],
  ['ownerName', 'owner.name', keep],
  ['active', 'active.value', bool],
  ['activeLocked', 'active.locked', bool],
  ['privateFlag', 'private_flag', bool],
  ['dnsActive', 'dns_active', bool],
  ['whoisActive', 'whois_active', bool],
  ['falsePositiveReportedByUser', 'false_positive_reported_by_user', bool],
  ['falsePositives', 'false_positives', long],
  ['confidence', 'confidence', long],
  ['rating', 'rating', double],
  ['threatAssessConfidence', 'threat_assess.confidence', double],
  ['threatAssessRating', 'threat_assess.rating', double],
  ['threatAssessScore', 'threat_assess.score.value', long],
  ['threatAssessScoreObserved', 'threat_assess.score.observed', long],
  ['threatAssessScoreFalsePositive', 'threat_assess.score.false_positive', long],
  ['type', 'type', keep],
  ['summary', 'summary', keep],
  ['description', 'description', keep],
  ['source', 'source', keep],
  ['webLink', 'web_link', keep],
  ['legacyLink', 'legacy_link', keep],
  ['address', 'address', text],
  ['ip', 'ip', ip],
  ['hostName', 'host_name', keep],
  ['text', 'text', keep],
  ['md5', 'md5', lower],
  ['sha1', 'sha1', lower],
  ['sha256', 'sha256', lower],
  ['size', 'size', string],
  ['AS Number', 'as_number', text],
  ['Block', 'block', keep],
  ['Hashtag', 'hashtag', keep],
  ['Mutex', 'mutex', keep],
  ['Subject', 'subject', keep],
  ['User Agent String', 'user_agent_string', keep],
  ['Key Name', 'key_name', keep],
  ['Value Name', 'value.name', keep],
  ['Value Type', 'value.type', keep],
];

const PATHS = FIELDS.map(
  ([source, target, conversion]) => [source, toPath(target), conversion] as const,
);

export const TOP_LEVEL_SOURCES: readonly string[] = FIELDS.map(([source]) => source);

/** Keys below `threat_connect.indicator` that {@link setTopLevelFields} sets. */
export const TOP_LEVEL_KEYS: readonly string[] = [...new Set(PATHS.map(([, [key = '']]) => key))];

/** Sets the fields below `threat_connect.indicator` that come from a scalar. */
export function setTopLevelFields(
  indicator: JsonObject,
  record: JsonObject,
  errors: MappingErrors,
): void {
  for (const [source, path, conversion] of PATHS) {
    const value = record[source];
    if (value === undefined || value === null) continue;
    // an empty date or address is one that is not there, not a bad one
    if (value === '' && (conversion === date || conversion === ip)) continue;
    const converted = conversion.convert(value, errors.spelling);
    if (converted !== undefined) place(indicator, path, converted);
    else if (conversion.type === null) errors.expected(source, 'a string');
    else errors.cannotConvert(source, value, conversion.type);
  }
}
