import { isIPv4, isIPv6 } from 'node:net';

/** An IP address as 32 hexadecimal digits that sort as addresses do, IPv4 mapped into IPv6; `null` for another text. */
export function toSortableAddress(text: string): string | null {
  if (isIPv4(text)) {
    const bytes = text.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
    return `00000000000000000000ffff${bytes.join('')}`;
  }
  if (!isIPv6(text)) return null;
  const [address = ''] = text.split('%'); // the server ignores the zone
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const plain = dotted === null ? address : `${dotted[1]}${toPair(dotted[2] ?? '')}`;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
    .map((group) => group.padStart(4, '0').toLowerCase())
    .join('');
}

function toPair(address: string): string {
  const hex = toSortableAddress(address)?.slice(24) ?? '';
  return `${hex.slice(0, 4)}:${hex.slice(4)}`;
}

export function showAddress(sortable: string): string {
  if (sortable.startsWith('00000000000000000000ffff')) {
    return [24, 26, 28, 30].map((at) => Number.parseInt(sortable.slice(at, at + 2), 16)).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, place) =>
    Number.parseInt(sortable.slice(4 * place, 4 * place + 4), 16).toString(16),
  );
  const zeros = groups.join(':').match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? [];
  const longest = zeros.reduce((a, b) => (b.length > a.length ? b : a), '');
  if (longest === '') return groups.join(':');
  const [before = '', after = ''] = groups.join(':').split(longest);
  return `${before}::${after.replace(/^:/, '')}`;
}

/** First and last address of `10.0.0.0/8`, sortable; `null` for another text. */
export function addressRange(text: string): readonly [string, string] | null {
  const [address = '', prefix] = text.split('/');
  const sortable = toSortableAddress(address);
  if (sortable === null || prefix === undefined || !/^\d{1,3}$/.test(prefix)) return null;
  const fixedBits = Number(prefix) + (isIPv4(address) ? 96 : 0);
  if (fixedBits > 128) return null;
  const value = BigInt(`0x${sortable}`);
  const free = BigInt(128 - fixedBits);
  const low = (value >> free) << free;
  const high = low | ((1n << free) - 1n);
  return [low.toString(16).padStart(32, '0'), high.toString(16).padStart(32, '0')];
}
