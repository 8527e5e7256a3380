/** Where the bytes of one document's source lie. */
export interface Slice {
  readonly slab: Uint8Array;
  readonly from: number;
  readonly to: number;
}

// Large enough that the few bytes left over at the end of each do not matter (2 kB documents: 0.1 %).
const SLAB_BYTES = 1_048_576;

/**
 * Sources one behind the other in large buffers outside of the JavaScript heap: a million documents of 2 kB are two
 * thousand objects for the garbage collector. A slab goes when the last document in it goes.
 */
export class SourceSlabs {
  #slab = new Uint8Array(0);
  #used = 0;

  /** Copies the pieces of one source. */
  add(pieces: readonly Uint8Array[]): Slice {
    let length = 0;
    for (const piece of pieces) length += piece.length;
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, length));
      this.#used = 0;
    }
    const from = this.#used;
    for (const piece of pieces) {
      this.#slab.set(piece, this.#used);
      this.#used += piece.length;
    }
    return { slab: this.#slab, from, to: this.#used };
  }
}

export function toBytes({ slab, from, to }: Slice): Uint8Array {
  return slab.subarray(from, to);
}

export function toText({ slab, from, to }: Slice): string {
  return Buffer.from(slab.buffer, slab.byteOffset + from, to - from).toString('utf8');
}
