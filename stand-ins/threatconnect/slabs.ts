/** 32 MiB: ten thousand records of 4 kB need two slabs. */
const SLAB_BYTES = 32 * 1024 * 1024;

/** Place of some bytes. */
export interface Place {
  slab: number;
  offset: number;
}

/**
 * Bytes outside the JavaScript heap, in a few large blocks. Never frees memory: the old bytes of a replaced record
 * stay.
 */
export class Slabs {
  readonly #slabs: Buffer[] = [];
  #used = SLAB_BYTES;

  /** Copies the parts, one after the other. */
  put(parts: readonly Buffer[]): Place {
    let bytes = 0;
    for (const part of parts) bytes += part.length;
    if (this.#used + bytes > (this.#slabs.at(-1)?.length ?? 0)) {
      this.#slabs.push(Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes)));
      this.#used = 0;
    }
    const slab = this.#slabs.length - 1;
    const offset = this.#used;
    for (const part of parts) {
      part.copy(this.slab(slab), this.#used);
      this.#used += part.length;
    }
    return { slab, offset };
  }

  slab(index: number): Buffer {
    const slab = this.#slabs[index];
    if (slab === undefined) throw new RangeError(`no slab ${index}`);
    return slab;
  }
}
