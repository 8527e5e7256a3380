import type { Random } from './random.ts';

/** One of the twelve indicator types that ThreatConnect ships. */
export interface IndicatorType {
  name: string;
  /** Weight among the generated ones. */
  weight: number;
  /** A summary with the case and the separators of the API. */
  summary: (random: Random) => string;
  /** Keys of the type. They come before `legacyLink`, those of custom types after it. */
  own: (summary: string) => Record<string, unknown>;
  custom: boolean;
  /** Page and query key of `legacyLink`; `null` for custom types and URL, whose link has the id. */
  link: { page: string; key: string } | null;
}

const TOP_LEVELS = ['example', 'test', 'invalid', 'example.net', 'example.org'] as const;
const HIVES = ['HKEY_LOCAL_MACHINE', 'HKEY_CURRENT_USER', 'HKEY_USERS'] as const;
const VALUE_TYPES = ['REG_SZ', 'REG_DWORD', 'REG_BINARY', 'REG_EXPAND_SZ', 'REG_QWORD'] as const;
const SEPARATOR = ' : ';

/** Keys and forms of summaries. @see the vendor's "Indicators" and "Common Errors" pages */
export const INDICATOR_TYPES: readonly [IndicatorType, ...IndicatorType[]] = [
  plain('Address', 24, address, (ip) => ({ ip }), { page: 'address', key: 'address' }),
  plain('Host', 22, host, (hostName) => ({ hostName, dnsActive: false, whoisActive: false }), {
    page: 'host',
    key: 'host',
  }),
  plain('File', 20, file, hashes, { page: 'file', key: 'file' }),
  plain('URL', 14, url, (text) => ({ text }), null),
  plain('EmailAddress', 6, email, (text) => ({ address: text }), {
    page: 'emailaddress',
    key: 'emailaddress',
  }),
  custom('CIDR', 3, cidr, (Block) => ({ Block })),
  custom(
    'ASN',
    2,
    (random) => `ASN${random.int(1, 400_000)}`,
    (text) => ({ 'AS Number': text }),
  ),
  custom('Email Subject', 2, subject, (Subject) => ({ Subject })),
  custom(
    'Hashtag',
    1,
    (random) => `#${random.word()}${random.word()}`,
    (Hashtag) => ({ Hashtag }),
  ),
  custom('Mutex', 2, mutex, (Mutex) => ({ Mutex })),
  custom('Registry Key', 2, registryKey, registryParts),
  custom('User Agent', 2, userAgent, (text) => ({ 'User Agent String': text })),
];

function plain(
  name: string,
  weight: number,
  summary: IndicatorType['summary'],
  own: IndicatorType['own'],
  link: IndicatorType['link'],
): IndicatorType {
  return { name, weight, summary, own, custom: false, link };
}

function custom(
  name: string,
  weight: number,
  summary: IndicatorType['summary'],
  own: IndicatorType['own'],
): IndicatorType {
  return { name, weight, summary, own, custom: true, link: null };
}

function address(random: Random): string {
  if (random.chance(0.15)) {
    const groups = Array.from({ length: 6 }, () => random.int(0, 0xffff).toString(16));
    return `2001:db8:${groups.join(':')}`.toUpperCase();
  }
  return [random.int(1, 223), random.int(0, 255), random.int(0, 255), random.int(1, 254)].join('.');
}

function host(random: Random): string {
  const labels = Array.from({ length: random.int(1, 2) }, () => random.word() + random.hex(3));
  return [...labels, random.pick(TOP_LEVELS)].join('.');
}

/** At least one hash, in the order md5, sha1, sha256. */
function file(random: Random): string {
  const known = [random.chance(0.8), random.chance(0.7), random.chance(0.8)];
  const all = [random.hex(32), random.hex(40), random.hex(64)];
  const some = all.filter((_hash, index) => known[index] === true);
  return (some.length > 0 ? some : all).join(SEPARATOR).toUpperCase();
}

function hashes(summary: string): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const hash of summary.split(SEPARATOR)) {
    own[hash.length === 32 ? 'md5' : hash.length === 40 ? 'sha1' : 'sha256'] = hash;
  }
  return own;
}

function url(random: Random): string {
  const path = Array.from({ length: random.int(0, 3) }, () => random.word());
  const query = random.chance(0.3)
    ? `?id=${random.hex(8)}&q=${random.word()}%20${random.word()}`
    : '';
  return `http${random.chance(0.6) ? 's' : ''}://${host(random)}/${path.join('/')}${query}`;
}

function email(random: Random): string {
  return `${random.word()}.${random.word()}@${host(random)}`;
}

function cidr(random: Random): string {
  if (random.chance(0.2)) return `2001:db8:${random.int(1, 0xffff).toString(16)}:0:0:0:0:0/48`;
  return `${random.int(1, 223)}.${random.int(0, 255)}.${random.int(0, 255)}.0/24`;
}

function subject(random: Random): string {
  const word = random.word();
  return random.pick([
    `Invoice ${random.int(1000, 99_999)} overdue: ${word}`,
    `Re: "${word}" — zürich, ${random.int(1, 28)}.${random.int(1, 12)}.`,
    `${word} 🔥 ${random.int(10, 90)}% off`,
  ]);
}

function mutex(random: Random): string {
  return `${random.chance(0.5) ? 'Global\\' : ''}${random.word()}_${random.hex(6)}`;
}

function registryKey(random: Random): string {
  const path = `${random.pick(HIVES)}\\Software\\${random.word()}\\Run ${random.hex(4)}`;
  const name = random.chance(0.1) ? ' ' : random.word();
  return [path, name, random.pick(VALUE_TYPES)].join(SEPARATOR);
}

function registryParts(summary: string): Record<string, unknown> {
  const [key, name = ' ', type = 'REG_SZ'] = summary.split(SEPARATOR);
  return { 'Key Name': key, 'Value Name': name, 'Value Type': type };
}

function userAgent(random: Random): string {
  const version = `${random.int(5, 140)}.0.${random.int(0, 9999)}.${random.int(0, 200)}`;
  return `Mozilla/5.0 (X11; Linux x86_64; ${random.hex(6)}) ${random.word()}/${version}`;
}
