import { parseIp, unmapIpv4 } from '../compatible/ip-address.ts';
import type { Json } from '../exact-json.ts';

/** Types that ThreatConnect ships; Elastic's word for the rest, custom types included, is `unknown`. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['ASN', 'autonomous-system'],
  ['EmailAddress', 'email-addr'],
  ['File', 'file'],
  ['Host', 'domain-name'],
  ['Mutex', 'mutex'],
  ['Registry Key', 'windows-registry-key'],
  ['URL', 'url'],
]);

/** Kibana's page has no column for these but `threat.indicator.id`. */
const SHOWN_BY_ID = new Set(['mutex', 'unknown']);

/**
 * `threat.indicator.type`, of which Kibana's Threat Intelligence page and the rules expect exactly one.
 *
 * @param ip the record's address, if it is valid
 * @see https://www.elastic.co/docs/reference/ecs/ecs-threat#field-threat-indicator-type
 */
export function toIndicatorType(type: Json | undefined, ip: Json | undefined): string {
  if (type === 'Address') return typeof ip === 'string' ? toAddressType(ip) : 'unknown';
  return (typeof type === 'string' ? TYPES.get(type) : undefined) ?? 'unknown';
}

export function toIndicatorId(type: string, summary: Json | undefined): Json | undefined {
  return SHOWN_BY_ID.has(type) ? summary : undefined;
}

function toAddressType(ip: string): string {
  const bytes = parseIp(ip) ?? [];
  return bytes.length === 4 || unmapIpv4(bytes) !== null ? 'ipv4-addr' : 'ipv6-addr';
}
