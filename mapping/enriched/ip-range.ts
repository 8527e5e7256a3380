import { parseIp, unmapIpv4 } from '../compatible/ip-address.ts';
import type { Json } from '../exact-json.ts';
import { refang } from './refang.ts';

const PREFIX_LENGTH = /^(?:0|[1-9]\d{0,2})$/;

/**
 * A CIDR block as an `ip_range`: the network's address in its usual spelling and the prefix's length.
 *
 * @returns `undefined` where there is no valid length, or where the address is IPv4 written in IPv6
 * @see https://www.rfc-editor.org/rfc/rfc5952
 */
export function toIpRange(block: Json | undefined): string | undefined {
  const [address, length, ...rest] = typeof block === 'string' ? refang(block).split('/') : [];
  if (address === undefined || length === undefined || rest.length > 0) return undefined;
  const bytes = address.includes('%') ? null : parseIp(address);
  if (bytes === null || unmapIpv4(bytes) !== null) return undefined;
  const bits = Number(length);
  if (!PREFIX_LENGTH.test(length) || bits > bytes.length * 8) return undefined;
  return `${format(bytes.map((byte, index) => byte & maskOf(bits - index * 8)))}/${bits}`;
}

/** The mask of one byte of which so many bits belong to the network. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 8 ? 0xff : 0xff & (0xff << (8 - bits));
}

function format(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 2) {
    parts.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  }
  const url = URL.parse(`http://[${parts.join(':')}]`);
  return url === null ? parts.join(':') : url.hostname.slice(1, -1);
}
