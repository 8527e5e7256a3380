/** Whether a text is one IPv4 or IPv6 address; an IPv6 address may end in a scope, `%eth0`. */
export function isIp(text: string): boolean {
  return parseIp(text) !== null;
}

/** Four bytes, or sixteen; `null` where the text is no address. A scope is left out. */
export function parseIp(text: string): number[] | null {
  if (!text.includes(':')) return parseIpv4(text);
  const percent = text.indexOf('%');
  if (percent === -1) return parseIpv6(text);
  return isScope(text, percent + 1) ? parseIpv6(text.slice(0, percent)) : null;
}

/** Bytes of an IPv4 address that is written in IPv6, `::ffff:192.0.2.1`; `null` of any other. */
export function unmapIpv4(bytes: readonly number[]): number[] | null {
  const isMapped =
    bytes.length === 16 &&
    bytes.slice(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 0xff &&
    bytes[11] === 0xff;
  return isMapped ? bytes.slice(12) : null;
}

function parseIpv4(text: string): number[] | null {
  if (text.length > IPV4_LENGTH_MAX) return null;
  const bytes: number[] = [];
  let byte = -1; // no digit yet
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (byte === -1) return null;
      bytes.push(byte);
      byte = -1;
    } else {
      // a zero in front might mean octal
      if (!isDecimal(code) || byte === 0) return null;
      byte = (byte === -1 ? 0 : byte * 10) + code - ZERO;
      if (byte > 255) return null;
    }
  }
  return bytes.length === 4 ? bytes : null;
}

/** @see https://www.rfc-editor.org/rfc/rfc4291#section-2.2 */
function parseIpv6(text: string): number[] | null {
  const gap = text.indexOf('::');
  if (gap === -1) {
    const bytes = parseParts(text, true);
    return bytes?.length === 16 ? bytes : null;
  }
  const head = gap === 0 ? [] : parseParts(text.slice(0, gap), false);
  const tail = gap + 2 === text.length ? [] : parseParts(text.slice(gap + 2), true);
  if (head === null || tail === null) return null;
  const zeros = 16 - head.length - tail.length;
  return zeros < 2 ? null : [...head, ...Array<number>(zeros).fill(0), ...tail];
}

function parseParts(text: string, mayEndInIpv4: boolean): number[] | null {
  const parts = text.split(':');
  const bytes: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (mayEndInIpv4 && index === parts.length - 1 && part.includes('.')) {
      const tail = parseIpv4(part);
      return tail === null ? null : [...bytes, ...tail];
    }
    if (part.length === 0 || part.length > 4 || !isRun(part, isHexadecimal)) return null;
    const value = Number.parseInt(part, 16);
    bytes.push(value >> 8, value & 0xff);
  }
  return bytes;
}

/** Not empty, and nothing that belongs to a network, a URL or a text around the address. */
function isScope(text: string, begin: number): boolean {
  return begin < text.length && isRun(text.slice(begin), isScopeCharacter);
}

function isRun(text: string, is: (code: number) => boolean): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (!is(text.charCodeAt(at))) return false;
  }
  return true;
}

const IPV4_LENGTH_MAX = '255.255.255.255'.length;
const DOT = 0x2e;
const ZERO = 0x30;

const isDecimal = (code: number): boolean => code >= ZERO && code <= 0x39;

const isHexadecimal = (code: number): boolean => {
  const lower = code | 0x20;
  return isDecimal(code) || (lower >= 0x61 && lower <= 0x66);
};

const SLASH = 0x2f;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const isScopeCharacter = (code: number): boolean =>
  code > 0x20 && code !== SLASH && code !== OPEN_BRACKET && code !== CLOSE_BRACKET;
