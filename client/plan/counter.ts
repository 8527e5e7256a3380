import type { Owner } from '../../contracts/feed.ts';
import { toSelection } from '../../activities/threatconnect/selection.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import type { Feed } from '../../config/config.ts';
import type { Slice } from '../../contracts/window.ts';
import { BUILT_IN_TYPES } from '../../mapping/built-in-types.ts';

export type OwnerCount = {
  owner: string;
  records: number;
  /** `null` if counting them would take too many requests. */
  types: { type: string; records: number }[] | null;
};

/** Maximum number of counts of a single type, over all owners: a plan must cost less than the run. */
const TYPE_REQUESTS_MAX = 120;

/** Label for the records of an owner whose types are not known by name. */
const OTHER = 'other types';

/** Counts the records in the ranges that a run would read. */
export class Counter {
  readonly #source: ThreatConnect;
  readonly #ranges: readonly Slice[];
  readonly #wait: () => AbortSignal;
  #requests = 0;
  #tookMs = 0;

  constructor(source: ThreatConnect, ranges: readonly Slice[], wait: () => AbortSignal) {
    this.#source = source;
    this.#ranges = ranges;
    this.#wait = wait;
  }

  /** Mean duration of a count; 0 if there was none. */
  get meanMs(): number {
    return this.#requests === 0 ? 0 : this.#tookMs / this.#requests;
  }

  /** @param owner counts only the records of this owner; `null`: of all owners */
  async count(feed: Feed, owner: Owner | null = null): Promise<number> {
    let total = 0;
    for (const range of this.#ranges) {
      if (owner !== null && range.ownerIds?.includes(owner.id) === false) continue;
      const ownerIds = owner === null ? range.ownerIds : [owner.id];
      const startedMs = performance.now();
      total += await this.#source.count(toSelection(feed, { ...range, ownerIds }), this.#wait());
      this.#tookMs += performance.now() - startedMs;
      this.#requests += 1;
    }
    return total;
  }

  /** Counts by owner and type. Stops asking for the types of an owner as soon as they account for all its records. */
  async byOwner(feed: Feed, visible: readonly Owner[]): Promise<OwnerCount[]> {
    const counted: { owner: Owner; records: number }[] = [];
    for (const owner of visible) {
      const records = await this.count(feed, owner);
      if (records > 0) counted.push({ owner, records });
    }
    counted.sort((one, other) => other.records - one.records);
    const names = feed.types.length > 0 ? feed.types : [...BUILT_IN_TYPES];
    const result: OwnerCount[] = [];
    let asked = 0;
    for (const { owner, records } of counted) {
      if (asked + names.length > TYPE_REQUESTS_MAX) {
        result.push({ owner: owner.name, records, types: null });
        continue;
      }
      const types: { type: string; records: number }[] = [];
      let left = records;
      for (const type of names) {
        if (left <= 0) break;
        asked += 1;
        const ofType = await this.count({ ...feed, types: [type] }, owner);
        if (ofType > 0) types.push({ type, records: ofType });
        left -= ofType;
      }
      if (left > 0) types.push({ type: OTHER, records: left });
      types.sort((one, other) => other.records - one.records);
      result.push({ owner: owner.name, records, types });
    }
    return result;
  }
}
