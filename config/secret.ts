import { inspect } from 'node:util';

const MASK = '[secret]';

/**
 * A text that only `reveal()` returns. Printing, logging, joining, serialising and spreading give `[secret]` or
 * nothing, so that a log line of an object does not show its secrets.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
