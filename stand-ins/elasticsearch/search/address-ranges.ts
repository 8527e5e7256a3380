import { asText, isObject } from '../json/exact.ts';
import { addressRange, toSortableAddress } from './addresses.ts';

const LEAST = '0'.repeat(32);
const GREATEST = 'f'.repeat(32);

/**
 * The indexed form of an `ip_range`: its first and its last address, sortable, one behind the other.
 *
 * @param value a network such as `10.0.0.0/8`, or an object with `gt`, `gte`, `lt`, `lte`
 * @returns `null` for another value
 */
export function toAddressRange(value: unknown): string | null {
  if (!isObject(value)) return addressRange(asText(value))?.join('') ?? null;
  const low = toEnd(value['gte'], value['gt'], LEAST, 1n);
  const high = toEnd(value['lte'], value['lt'], GREATEST, -1n);
  return low === null || high === null || low > high ? null : low + high;
}

/** True if a range has an address, or shares one with a network. */
export function holdsAddress(range: string, text: string): boolean {
  const address = toSortableAddress(text);
  const [low, high] = addressRange(text) ?? [address, address];
  return low !== null && high !== null && range.slice(0, 32) <= high && range.slice(32) >= low;
}

function toEnd(inclusive: unknown, exclusive: unknown, open: string, step: bigint): string | null {
  const given = inclusive ?? exclusive;
  if (given === undefined || given === null) return open;
  const address = toSortableAddress(asText(given));
  if (address === null || inclusive !== undefined) return address;
  return (BigInt(`0x${address}`) + step).toString(16).padStart(32, '0');
}
