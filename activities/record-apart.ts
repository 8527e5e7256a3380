import type { Associated, ThreatConnect } from './threatconnect/source.ts';
import { SourceContractError } from './errors.ts';
import type { RawRecord } from './threatconnect/record-scanner.ts';
import { leadingId } from './threatconnect/record-id.ts';
import type { Selection } from './threatconnect/tql.ts';
import { isWeight } from './threatconnect/weight.ts';

/** A record that was put together from several answers. */
export type WholeRecord = RawRecord & {
  /** The source's clock when its own part was asked for, epoch milliseconds. */
  requestedAtMs: number;
  /** What was left out, for the document: `associatedGroups: …`. */
  notes: string[];
};

type Part = { texts: string[]; plainNumbers: boolean; isWhole: boolean };

const GROUPS = 'associatedGroups';
const INDICATORS = 'associatedIndicators';
const PAGE = 1_000;

/** What a record's own part is asked with: everything but its associations. */
export function withoutAssociations(fields: readonly string[]): string[] {
  return fields.filter((field) => ![GROUPS, INDICATORS].includes(field.split('.')[0] ?? ''));
}

/**
 * Reads one record without its associations, and these a page at a time, up to a limit.
 *
 *     /v3/indicators  id = N        ─► {"id":N,…}
 *     /v3/groups      hasIndicator  ─► …,"associatedGroups":{"data":[…]}       ─► one record
 *     /v3/indicators  hasIndicator  ─► …,"associatedIndicators":{"data":[…]}
 */
export class ApartReader {
  readonly #source: ThreatConnect;
  readonly #fields: readonly string[];
  readonly #associationsMax: number;
  readonly #signal: AbortSignal;

  /** @param associationsMax groups, and as many indicators, that a record keeps */
  constructor(
    source: ThreatConnect,
    fields: readonly string[],
    associationsMax: number,
    signal: AbortSignal,
  ) {
    this.#source = source;
    this.#fields = fields;
    this.#associationsMax = associationsMax;
    this.#signal = signal;
  }

  /**
   * Reads the first record of a selection whole.
   * @returns `null` where there is none
   */
  async read(selection: Selection, start = 0): Promise<WholeRecord | null> {
    const found = await this.first(selection, withoutAssociations(this.#fields), start);
    if (found === null || found.cut) return found;
    const id = leadingId(found.text);
    if (id === null) return found;
    const members: string[] = [];
    const notes: string[] = [];
    let { plainNumbers } = found;
    for (const [key, lists] of [
      [GROUPS, ['groups']],
      [INDICATORS, ['indicators', 'inactive indicators']],
    ] as const) {
      if (!this.#fields.some((field) => field.split('.')[0] === key)) continue;
      const part = await this.#associated(key, lists, id);
      members.push(`"${key}":{"data":[${part.texts.join(',')}]}`);
      plainNumbers &&= part.plainNumbers;
      if (!part.isWhole) {
        notes.push(`${key}: the first ${part.texts.length} are kept, there are more`);
      }
    }
    const open = found.text.slice(0, found.text.lastIndexOf('}'));
    return { ...found, text: `${[open, ...members].join(',')}}`, plainNumbers, notes };
  }

  /** The first record of a selection, with some fields; `null` where there is none. */
  async first(
    selection: Selection,
    fields: readonly string[],
    start = 0,
  ): Promise<WholeRecord | null> {
    let found: WholeRecord | null = null;
    await this.#source.page(
      selection,
      { fields, limit: 1, start },
      async ([record], requestedAtMs) => {
        if (record !== undefined) found = { ...record, requestedAtMs, notes: [] };
      },
      this.#signal,
    );
    return found;
  }

  async #associated(key: string, lists: readonly Associated[], id: string): Promise<Part> {
    const all: Part = { texts: [], plainNumbers: true, isWhole: true };
    const fields = this.#fields
      .filter((field) => field.startsWith(`${key}.`))
      .map((field) => field.slice(key.length + 1));
    for (const list of lists) {
      all.isWhole &&= await this.#list(list, id, fields, all);
    }
    return all;
  }

  /** @returns whether all of the list was read */
  async #list(
    list: Associated,
    id: string,
    fields: readonly string[],
    all: Part,
  ): Promise<boolean> {
    let size = PAGE;
    let afterId: string | null = null;
    for (;;) {
      const left = this.#associationsMax - all.texts.length;
      // one more than is kept tells whether there are more
      const limit = Math.min(size, left + 1);
      let cursor: string | null = afterId;
      try {
        const { hasNext, records } = await this.#source.associated(
          list,
          id,
          { fields, limit, afterId },
          async (found) => {
            for (const { text, plainNumbers } of found) {
              cursor = leadingId(text);
              if (cursor === null) {
                throw new SourceContractError(`a record of ${list} of indicator ${id} has no id`);
              }
              all.texts.push(text);
              all.plainNumbers &&= plainNumbers;
            }
          },
          this.#signal,
        );
        afterId = cursor;
        if (all.texts.length > this.#associationsMax) {
          all.texts.length = this.#associationsMax;
          return false;
        }
        if (!hasNext || records === 0) return true;
      } catch (error) {
        if (!isWeight(error)) throw error;
        afterId = cursor; // what came before it broke stays
        if (size === 1) return false;
        size = Math.ceil(size / 2);
      }
    }
  }
}
