import { isObject, type Json, type JsonObject } from '../exact-json.ts';
import { change, toChanges } from './changes.ts';
import { bool, date, double, ip, keep, long, string } from './conversions.ts';
import { elementPath } from './elements.ts';
import type { MappingErrors } from './errors.ts';
import { setKey } from './place.ts';

export const ASSOCIATED_INDICATORS = 'associatedIndicators';

/** At any depth. */
const RENAMED_KEYS: ReadonlyMap<string, string> = new Map([
  ['AS Number', 'as_number'],
  ['hostName', 'host_name'],
  ['Hashtag', 'hashtag'],
  ['Key Name', 'key_name'],
  ['legacyLink', 'legacy_link'],
  ['Mutex', 'mutex'],
  ['Subject', 'subject'],
  ['User Agent String', 'user_agent_string'],
  ['webLink', 'web_link'],
]);

const CHANGES = toChanges([
  ['id', 'id', string],
  ['size', 'size', string],
  ['ip', 'ip', ip],
  ['confidence', 'confidence', long],
  ['rating', 'rating', double],
  ['active', 'active.value', bool],
  ['activeLocked', 'active.locked', bool],
  ['dnsActive', 'dns_active', bool],
  ['whoisActive', 'whois_active', bool],
  ['privateFlag', 'private_flag', bool],
  ['dateAdded', 'date_added', date],
  ['lastModified', 'last_modified', date],
  ['firstSeen', 'first_seen', date],
  ['lastSeen', 'last_seen', date],
  ['externalDateAdded', 'external.date.added', date],
  ['externalDateExpires', 'external.date.expires', date],
  ['externalLastModified', 'external.last_modified', date],
  ['Block', 'block', keep],
  ['ownerId', 'owner.id', string],
  ['ownerName', 'owner.name', keep],
  ['Value Name', 'value.name', keep],
  ['Value Type', 'value.type', keep],
]);

/** Hashes keep their case here. */
export function toAssociatedIndicator(
  element: JsonObject,
  index: number,
  errors: MappingErrors,
): JsonObject {
  const pathOf = (key: string): string => `${elementPath(ASSOCIATED_INDICATORS, index)}.${key}`;
  return change(renameKeys(element), CHANGES, errors, pathOf);
}

/** On a clash the renamed value wins. A list inside a list is left alone. */
function renameKeys(object: JsonObject): JsonObject {
  const renamed: JsonObject = {};
  const renames: [key: string, value: Json][] = [];
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined || value === null) continue;
    const inner = renameInside(value);
    const name = newName(key, value);
    if (name === key) setKey(renamed, key, inner);
    else renames.push([name, inner]);
  }
  for (const [name, value] of renames) renamed[name] = value;
  return renamed;
}

function renameInside(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map((member) => (isObject(member) ? renameKeys(member) : member));
  }
  return isObject(value) ? renameKeys(value) : value;
}

function newName(key: string, value: Json): string {
  if (key === 'location') {
    return isObject(value) || Array.isArray(value) ? key : 'location_value';
  }
  return RENAMED_KEYS.get(key) ?? key;
}
