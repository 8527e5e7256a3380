/** A JSON value with the place of its text: `from` is its first character, `to` the one after its last. */
export type Node =
  | ObjectNode
  | {
      readonly kind: 'array';
      readonly from: number;
      readonly to: number;
      readonly items: readonly Node[];
    }
  | Scalar
  | { readonly kind: 'null'; readonly from: number; readonly to: number };

export interface ObjectNode {
  readonly kind: 'object';
  readonly from: number;
  readonly to: number;
  readonly entries: readonly Entry[];
  /** Made of a dotted name: the text has no brace for it. */
  readonly dotted?: true;
}

export type Scalar =
  | { readonly kind: 'string'; readonly from: number; readonly to: number; readonly text: string }
  | { readonly kind: 'number'; readonly from: number; readonly to: number; readonly text: string }
  | { readonly kind: 'boolean'; readonly from: number; readonly to: number; readonly text: string };

export interface Entry {
  readonly name: string;
  /** First character of the name's text. */
  readonly at: number;
  readonly value: Node;
}

/** @param text valid JSON */
export function parseNodes(text: string): Node {
  return new Reader(text).value();
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Node {
    this.#skipSpace();
    const from = this.#at;
    const first = this.#text[from];
    if (first === '{') return this.#object(from);
    if (first === '[') return this.#array(from);
    if (first === '"') {
      const text = this.#string();
      return { kind: 'string', from, to: this.#at, text };
    }
    while (this.#at < this.#text.length && !',]} \n\r\t'.includes(this.#text[this.#at] ?? ''))
      this.#at += 1;
    const text = this.#text.slice(from, this.#at);
    if (text === 'null') return { kind: 'null', from, to: this.#at };
    const kind = text === 'true' || text === 'false' ? 'boolean' : 'number';
    return { kind, from, to: this.#at, text };
  }

  #object(from: number): Node {
    const entries: Entry[] = [];
    this.#at += 1;
    for (this.#skipSpace(); this.#text[this.#at] === '"'; this.#skipSpace()) {
      const at = this.#at;
      const name = this.#string();
      this.#skipSpace();
      this.#at += 1; // the colon
      entries.push({ name, at, value: this.value() });
      this.#skipComma();
    }
    this.#at += 1;
    return { kind: 'object', from, to: this.#at, entries };
  }

  #array(from: number): Node {
    const items: Node[] = [];
    this.#at += 1;
    for (this.#skipSpace(); this.#text[this.#at] !== ']'; this.#skipSpace()) {
      items.push(this.value());
      this.#skipComma();
    }
    this.#at += 1;
    return { kind: 'array', from, to: this.#at, items };
  }

  #string(): string {
    const from = this.#at;
    this.#at += 1;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    this.#at += 1;
    return String(JSON.parse(this.#text.slice(from, this.#at)));
  }

  #skipComma(): void {
    this.#skipSpace();
    if (this.#text[this.#at] === ',') this.#at += 1;
  }

  #skipSpace(): void {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }
}
