import { trimBlanks } from '../compatible/blanks.ts';
import { isIp } from '../compatible/ip-address.ts';
import type { Json, JsonObject } from '../exact-json.ts';
import { domainParts } from './domain.ts';
import { refang } from './refang.ts';

/**
 * The name of a Host indicator, as a URL has it: lower case, punycode.
 *
 * @returns `null` where it holds no host
 */
export function hostParts(hostName: Json | undefined): JsonObject | null {
  const host = typeof hostName === 'string' ? hostOf(hostName) : null;
  if (host === null) return null;
  const url = URL.parse(`http://${isIp(host) && host.includes(':') ? `[${host}]` : host}`);
  return url !== null && HOST_NAME.test(url.hostname) ? domainParts(url.hostname) : null;
}

/** An address that stands alone or in a URL, spelled as it came but for what {@link refang} undoes. */
export function parseWrittenIp(text: string): string | null {
  if (isIp(text)) return text;
  const host = hostOf(text);
  const address = host?.startsWith('[') ? host.slice(1, -1) : host;
  return address !== null && address !== undefined && isIp(address) ? address : null;
}

/** The parser of URLs lets more through: `bad,example`, `..`. One dot may stand before and one behind the name. */
const HOST_NAME = /^(?:\.?[a-z\d_-]+(?:\.[a-z\d_-]+)*\.?|\[[\da-f:.]+\])$/;

const SCHEME = /^[a-z][a-z\d+-]*:\/\//i;
/** A scheme that has lost its `://`. */
const SCHEME_NAME = /^(?:h(?:tt|xx)ps?|f[tx]p)$/i;
const PATH = /[/?#]/;
/** Credentials, host and port. */
const AUTHORITY = /^(.*@)?(\[[^[\]]*\]|[^[\]\\:@]+)(?::(\d{1,5}))?$/;
const PORT_MAX = 65_535;
const PREFIX_LENGTH = /^\/\d+$/;

/**
 * The host that a text is, or that stands in it as in a URL, with or without a scheme: `hxxp://bad[.]example/x`.
 *
 * @returns `null` where it is unclear: a part of a text must not pass for a host
 */
function hostOf(text: string): string | null {
  const whole = refang(trimBlanks(text));
  if (isIp(whole)) return whole;
  const [scheme = ''] = SCHEME.exec(whole) ?? [];
  const begin = scheme.length;
  const length = whole.slice(begin).search(PATH);
  const end = length === -1 ? whole.length : begin + length;
  const [, credentials = '', host, port = '0'] = AUTHORITY.exec(whole.slice(begin, end)) ?? [];
  if (host === undefined || Number(port) > PORT_MAX) return null;
  if (scheme !== '' || host === whole) return host;
  // `mailto:a@b.example`: a scheme that has no `://`, or a user and a password?
  if (credentials.includes(':')) return null;
  const path = whole.slice(end);
  const isNetwork = isIp(host) && PREFIX_LENGTH.test(path);
  return isNetwork || path.startsWith('//') || SCHEME_NAME.test(host) ? null : host;
}
