/** Where the bytes of one document's source lie. */
export interface Slice {
  readonly slab: Uint8Array;
  readonly from: number;
  readonly to: number;
}

// Large enough that the few bytes left over at the end of each do not matter (2 kB documents: 0.1 %).
const SLAB_BYTES = 1_048_576;

/**
 * Keeps sources one behind the other in large buffers outside of the JavaScript heap: a million documents of 2 kB are
 * two thousand objects for the garbage collector. A slab is freed with its last document.
 */
export class SourceSlabs {
  #slab = new Uint8Array(0);
  #used = 0;

  /** Copies one source. */
  add(bytes: Uint8Array): Slice {
    if (this.#used + bytes.length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes.length));
      this.#used = 0;
    }
    const from = this.#used;
    this.#slab.set(bytes, from);
    this.#used += bytes.length;
    return { slab: this.#slab, from, to: this.#used };
  }
}

export function toBytes({ slab, from, to }: Slice): Uint8Array {
  return slab.subarray(from, to);
}

export function toText({ slab, from, to }: Slice): string {
  return Buffer.from(slab.buffer, slab.byteOffset + from, to - from).toString('utf8');
}
