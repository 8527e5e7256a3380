import type { NewValues } from './changes.ts';
import { parseExact } from './raw-json.ts';

/** In the order in which a File's summary names them. */
const HASHES = ['md5', 'sha1', 'sha256'] as const;

/** The known hashes of a File, as JSON texts. */
export function hashesOf(record: Buffer): Map<string, string> {
  const members = parseExact(record.toString()) as Record<string, unknown>;
  const known = HASHES.filter((hash) => typeof members[hash] === 'string');
  return new Map(known.map((hash) => [hash, JSON.stringify(members[hash])]));
}

/**
 * Adds the new summary to a change of hashes: a File's summary consists of its known hashes.
 *
 * @see the vendor's "Indicators" page: known hashes, joined by " : ", upper case
 */
export function withSummary(record: Buffer, set: NewValues): NewValues {
  if (!HASHES.some((hash) => set.has(hash))) return set;
  const merged = new Map<string, string | null>([...hashesOf(record), ...set]);
  const texts = HASHES.flatMap((hash) => {
    const json = merged.get(hash);
    return json === undefined || json === null ? [] : [String(JSON.parse(json)).toUpperCase()];
  });
  return new Map([...set, ['summary', JSON.stringify(texts.join(' : '))]]);
}
