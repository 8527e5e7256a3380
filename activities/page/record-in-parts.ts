import { AssociationList } from './association-list.ts';
import type { Hold } from './bytes-in-flight.ts';
import { leadingId } from '../threatconnect/record-id.ts';
import type { RawRecord } from '../threatconnect/record-scanner.ts';
import type { Associated, ThreatConnect } from '../threatconnect/threatconnect.ts';
import { EVERYTHING, type Selection } from '../threatconnect/tql.ts';
import { isUnanswered } from '../../contracts/unanswered.ts';
import type { Waiting } from '../attempt/waiting.ts';

/** A record that was put together from several answers. */
export type WholeRecord = RawRecord & {
  /** The source's clock when the record's own part was requested, epoch milliseconds. */
  requestedAtMs: number;
  /** Notes for the document about what was left out: `associatedGroups: …`. */
  notes: string[];
};

export type PartsOptions = {
  source: ThreatConnect;
  fields: readonly string[];
  /** Maximum number of associated groups, and of associated indicators, that a record keeps. */
  maxAssociations: number;
  /** Maximum size of a record with all of them. */
  maxBytes: number;
  /** True if pages begin after an id; false if they begin at an offset. */
  keyset: boolean;
  /** Room for records that are read and not yet handed on. */
  hold: Hold;
  waiting: Waiting;
};

const GROUPS = 'associatedGroups';
const INDICATORS = 'associatedIndicators';
/** Number of records that are requested before the conclusion that none comes. */
const NEIGHBOURS = 3;

/**
 * Reads one record without its associations, and these a page at a time, up to a limit.
 *
 *     /v3/indicators  id = N        ─► {"id":N,…}
 *     /v3/groups      hasIndicator  ─► …,"associatedGroups":{"data":[…]}       ─► one record
 *     /v3/indicators  hasIndicator  ─► …,"associatedIndicators":{"data":[…]}
 */
export class PartsReader {
  readonly #options: PartsOptions;
  readonly #signal: AbortSignal;
  /** Fields of a record's own part: all except its associations. */
  readonly ownFields: readonly string[];

  constructor(options: PartsOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.ownFields = options.fields.filter((field) => ![GROUPS, INDICATORS].includes(top(field)));
  }

  /**
   * Reads the first record of a selection whole.
   * @returns `null` if there is none
   */
  async read(selection: Selection, start = 0): Promise<WholeRecord | null> {
    try {
      return await this.#read(selection, start);
    } catch (error) {
      this.#options.hold.giveBack(); // no part of it is held any more
      throw error;
    }
  }

  async #read(selection: Selection, start: number): Promise<WholeRecord | null> {
    const found = await this.first(selection, this.ownFields, start);
    if (found === null || found.cut) return found;
    const id = leadingId(found.text);
    if (id === null) return found;
    this.#options.hold.take(found.bytes);
    const members: string[] = [];
    const notes: string[] = [];
    let { plainNumbers, bytes } = found;
    for (const [key, lists] of [
      [GROUPS, ['groups']],
      [INDICATORS, ['indicators', 'inactive indicators']],
    ] as const) {
      if (!this.#options.fields.some((field) => top(field) === key)) continue;
      const part = await this.#associated(key, lists, id, this.#options.maxBytes - bytes);
      const member = `"${key}":{"data":[${part.texts.join(',')}]}`;
      members.push(member);
      bytes += Buffer.byteLength(member);
      plainNumbers &&= part.plainNumbers;
      if (!part.isWhole) {
        notes.push(`${key}: the first ${part.texts.length} are kept, there are more`);
      }
    }
    const open = found.text.slice(0, found.text.lastIndexOf('}'));
    return { ...found, text: `${[open, ...members].join(',')}}`, plainNumbers, bytes, notes };
  }

  /** The first record of a selection, with some fields; `null` if there is none. */
  async first(
    selection: Selection,
    fields: readonly string[],
    start = 0,
  ): Promise<WholeRecord | null> {
    let found: WholeRecord | null = null;
    await this.#options.source.page(
      selection,
      { fields, limit: 1, start },
      async ([record], requestedAtMs) => {
        if (record !== undefined) found = { ...record, requestedAtMs, notes: [] };
      },
      this.#signal,
    );
    return found;
  }

  /** True if one of the records from `start` on comes now; if there is no record, true if the list of owners comes. */
  async othersCome(
    selection: Selection,
    fields: readonly string[],
    start: number,
  ): Promise<boolean> {
    for (let at = start; at < start + NEIGHBOURS; at += 1) {
      const record = await this.#unlessTrouble(() => this.first(selection, fields, at));
      if (record !== null && record !== 'trouble') return true;
      if (record === null) {
        const owners = () => this.#options.source.owners(this.#signal);
        return (await this.#unlessTrouble(owners)) !== 'trouble';
      }
    }
    return false;
  }

  async #unlessTrouble<T>(ask: () => Promise<T>): Promise<T | 'trouble'> {
    try {
      return await ask();
    } catch (error) {
      if (isUnanswered(error)) return 'trouble';
      throw error;
    }
  }

  async #associated(
    key: string,
    lists: readonly Associated[],
    id: string,
    bytesMax: number,
  ): Promise<{ texts: string[]; plainNumbers: boolean; isWhole: boolean }> {
    const fields = this.#options.fields
      .filter((field) => field.startsWith(`${key}.`))
      .map((field) => field.slice(key.length + 1));
    const selection = { ...EVERYTHING, ids: [id] };
    const room = { associations: this.#options.maxAssociations, bytes: bytesMax };
    const all = { texts: [] as string[], plainNumbers: true, isWhole: true };
    for (const list of lists) {
      const part = new AssociationList(
        { list, id, fields },
        this.#options,
        () => this.othersCome(selection, this.ownFields, 0),
        room,
        this.#signal,
      );
      all.isWhole = (await part.read()) && all.isWhole;
      all.plainNumbers &&= part.plainNumbers;
      all.texts.push(...part.texts);
      room.associations -= part.texts.length;
      room.bytes -= part.bytes;
    }
    return all;
  }
}

function top(field: string): string {
  return field.split('.')[0] ?? '';
}
