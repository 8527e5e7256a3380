import { inspect } from 'node:util';

const MASK = '[secret]';

/**
 * A text that shows itself only to who asks for it by name. Printing, logging, joining, serialising and
 * spreading give `[secret]` or nothing, so that a secret in an object that is logged stays one.
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
