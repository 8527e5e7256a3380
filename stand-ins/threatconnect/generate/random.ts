/** Pseudo-random numbers from a seed: the same seed gives the same numbers on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to 1, without 1. Algorithm: mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number of `from`…`to`, both included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<const T extends readonly [unknown, ...unknown[]]>(list: T): T[number] {
    return list[this.int(0, list.length - 1)] ?? list[0];
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.int(0, 0xfffffff).toString(16).padStart(7, '0');
    return text.slice(0, digits);
  }

  /** A pronounceable word of 2 to 4 syllables. */
  word(): string {
    let word = '';
    for (let left = this.int(2, 4); left > 0; left--) {
      word +=
        (CONSONANTS[this.int(0, CONSONANTS.length - 1)] ?? '') + (VOWELS[this.int(0, 4)] ?? '');
    }
    return word;
  }
}

const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';
