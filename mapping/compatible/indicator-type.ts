import type { Json, JsonObject } from '../exact-json.ts';
import { filled } from './shape.ts';

/** The first of these words that a type contains decides, so a custom type `Filename` is a `file`. */
const TYPES: readonly (readonly [word: string, type: string])[] = [
  ['File', 'file'],
  ['URL', 'url'],
  ['EmailAddress', 'email-addr'],
  ['Mutex', 'mutex'],
  ['Registry Key', 'windows-registry-key'],
];

/**
 * `threat.indicator.type`: a list of one, except for addresses. Host, ASN, CIDR, Email Subject, Hashtag
 * and User Agent have none in the integration.
 *
 * @param ip the record's address, if it is valid
 */
export function toIndicatorType(
  type: Json | undefined,
  ip: Json | undefined,
): string | string[] | undefined {
  if (typeof type !== 'string') return undefined;
  if (type === 'Address') return typeof ip === 'string' ? toAddressType(ip) : undefined;
  const match = TYPES.find(([word]) => type.includes(word));
  return match === undefined ? undefined : [match[1]];
}

/** `::ffff:192.0.2.1` holds a dot. */
function toAddressType(ip: string): string {
  return ip.includes('.') ? 'ipv4-addr' : 'ipv6-addr';
}

/**
 * Fields of `threat.indicator` that only files, URLs and registry keys have.
 *
 * @param indicator the mapped fields, hashes in lower case
 */
export function typeFields(
  record: JsonObject,
  indicator: JsonObject,
): Partial<Record<'hash' | 'url' | 'registry', JsonObject | undefined>> {
  const { type } = record;
  if (typeof type !== 'string') return {};
  return {
    hash: type.includes('File') ? filled(toHash(indicator)) : undefined,
    url: type.includes('URL') ? filled({ original: record.text }) : undefined,
    registry: type.includes('Registry Key') ? filled(toRegistry(record)) : undefined,
  };
}

function toHash({ md5, sha1, sha256 }: JsonObject): JsonObject {
  return { md5, sha1, sha256 };
}

function toRegistry(record: JsonObject): JsonObject {
  return {
    path: record['Key Name'],
    value: record['Value Name'],
    data: filled({ type: record['Value Type'] }),
  };
}
