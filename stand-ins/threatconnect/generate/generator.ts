import { hashText } from '../columns.ts';
import type { Owner } from '../owners.ts';
import { makeGroups } from './groups.ts';
import { composeIndicator } from './indicator.ts';
import { GENERATED_OWNERS } from './owners.ts';
import { Random } from './random.ts';
import { INDICATOR_TYPES, type IndicatorType } from './types.ts';

const DAY_MS = 86_400_000;
const SPAN_MS = 180 * DAY_MS;
const GROUPS = 300;
const RECENT = 64;
const BULK_IMPORTS = 12;

/** First ids of the two ranges: small ids, and ids that a double cannot distinguish from the next ones. */
const FIRST_SMALL_ID = 738_667n;
const FIRST_LARGE_ID = 9_007_199_254_918_487n; // above 2^53 = 9,007,199,254,740,992
const SMALL_SHARE = 0.7;

export interface GeneratedRecord {
  text: string;
  /** Epoch milliseconds; the text has whole seconds. */
  lastModifiedMs: number;
}

export interface GeneratorOptions {
  seed: number;
  /** Time of the newest possible record, epoch milliseconds. The same seed and end give the same records. */
  endMs: number;
  /** False: records without `associatedGroups` and `associatedIndicators`, a quarter of the size. */
  associations: boolean;
  /** Number of records, from the first one on, that share the last second. */
  oneSecond: number;
}

/**
 * Makes indicators of all twelve types, in ascending order of id.
 *
 * A record has 1,106 bytes on average without associations, 3,879 with them, and 550 with default keys only (measured
 * with 10,000 records and seed 1). Three in ten belong to one of twelve bulk imports, whose records share a second.
 * One in twenty is a copy of an indicator of another owner.
 */
export function* generateRecords(
  count: number,
  options: GeneratorOptions,
): Generator<GeneratedRecord> {
  const random = new Random(options.seed);
  const owners = GENERATED_OWNERS;
  const span = { fromMs: options.endMs - SPAN_MS, toMs: options.endMs - 1000 };
  const bulkMs = Array.from(
    { length: BULK_IMPORTS },
    () => Math.floor(random.int(span.fromMs, span.toMs) / 1000) * 1000,
  );
  const groups = options.associations ? makeGroups(random, owners, span, GROUPS) : [];
  const names = new Names(random, owners);
  const nested: string[] = [];
  let id = FIRST_SMALL_ID;
  for (let index = 0; index < count; index++) {
    const large = index >= Math.ceil(count * SMALL_SHARE);
    if (large && id < FIRST_LARGE_ID) id = FIRST_LARGE_ID;
    const drawnMs = random.chance(0.3)
      ? // the first import is the largest
        (bulkMs[Math.floor(random.next() ** 2 * BULK_IMPORTS)] ?? 0) + random.int(0, 999)
      : span.toMs - Math.floor(random.next() ** 2 * (SPAN_MS - 1000));
    const lastModifiedMs = index < options.oneSecond ? span.toMs + (index % 1000) : drawnMs;
    const associated = options.associations
      ? {
          groups: some(random, groups, random.chance(0.2) ? 0 : random.int(1, 8)),
          indicators: some(random, nested, random.chance(0.5) ? 0 : random.int(1, 4)),
        }
      : null;
    const composed = composeIndicator({ id, ...names.next(), lastModifiedMs, associated }, random);
    if (options.associations) nested[index % RECENT] = composed.nested;
    yield { text: composed.text, lastModifiedMs };
    id += large ? BigInt(random.int(1, 2)) : BigInt(random.int(1, 40));
  }
}

/** A random type; types with a larger weight are more frequent. */
export function pickType(random: Random): IndicatorType {
  const total = INDICATOR_TYPES.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.next() * total;
  for (const type of INDICATOR_TYPES) {
    left -= type.weight;
    if (left < 0) return type;
  }
  return INDICATOR_TYPES[0];
}

interface Name {
  type: IndicatorType;
  summary: string;
  owner: Owner;
}

/** Avoids repeated summaries: an indicator is unique within its owner. */
class Names {
  readonly #random: Random;
  readonly #owners: readonly Owner[];
  readonly #taken = new Set<number>();
  readonly #recent: Name[] = [];
  #count = 0;

  constructor(random: Random, owners: readonly Owner[]) {
    this.#random = random;
    this.#owners = owners;
  }

  next(): Name {
    for (;;) {
      const name = this.#draw();
      const place = this.#owners.indexOf(name.owner) * 16 + INDICATOR_TYPES.indexOf(name.type);
      const key = place * 2 ** 32 + hashText(name.summary);
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      this.#recent[this.#count++ % RECENT] = name;
      return name;
    }
  }

  #draw(): Name {
    const random = this.#random;
    const owner = this.#owners[random.int(0, this.#owners.length - 1)] ?? this.#owners[0];
    if (owner === undefined) throw new Error('no owners');
    const copied = random.chance(0.05)
      ? this.#recent[random.int(0, this.#recent.length - 1)]
      : undefined;
    if (copied !== undefined) return { ...copied, owner };
    const type = pickType(random);
    return { type, summary: type.summary(random), owner };
  }
}

function some(random: Random, from: readonly string[], count: number): string[] {
  const start = random.int(0, Math.max(0, from.length - count));
  return from.slice(start, start + count);
}
