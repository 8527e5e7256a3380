import { parseExact, splitObject } from '../raw-json.ts';
import { elementsOf } from '../nested.ts';

/** Data about an item that is not in its text. */
export interface Surroundings {
  /** Id of the indicator or group that it belongs to. */
  parent?: bigint;
  ownerId?: number;
  ownerName?: string;
}

/** A row of one of the other lists: a group, an attribute, a tag, a label. */
export class Item {
  readonly id: bigint;
  readonly around: Surroundings;
  readonly #write: () => string;
  #members: ReadonlyMap<string, string> | null = null;

  /** @param text a function is called at the first read */
  constructor(id: bigint, text: string | (() => string), around: Surroundings = {}) {
    this.id = id;
    this.around = around;
    this.#write = typeof text === 'string' ? () => text : text;
  }

  /** JSON texts by key, in order. */
  get members(): ReadonlyMap<string, string> {
    if (this.#members !== null) return this.#members;
    const text = Buffer.from(this.#write());
    this.#members = new Map(
      splitObject(text).map(({ key, valueFrom, valueTo }) => [
        key,
        text.toString('utf8', valueFrom, valueTo),
      ]),
    );
    return this.#members;
  }

  value(key: string): unknown {
    const json = this.members.get(key);
    return json === undefined ? undefined : parseExact(json);
  }

  /** The elements of one of its collections. */
  nested(key: string): Item[] {
    const json = this.members.get(key);
    if (json === undefined) return [];
    return elementsOf(Buffer.from(json)).map(
      ({ id, text }) => new Item(id, text, { parent: this.id }),
    );
  }
}
