/**
 * Limit for the texts and documents of records under way: a bulk request of 5 MiB for each page that is read at the
 * same time.
 */
export const IN_FLIGHT_BYTES = 24 * 1024 * 1024;

/** A share of the limit that grows without waiting. */
export type Hold = { take(bytes: number): void; giveBack(): void };

/**
 * Limits the bytes of records that are on their way from one system to the other, over all pages of a process. If the
 * limit is reached, a page waits until others have written theirs. A record that is larger than the limit is let
 * through alone.
 */
export class InFlight {
  readonly #bytesMax: number;
  readonly #waiting: { bytes: number; admit: () => void }[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Takes bytes at once, if they fit and nobody waits. */
  tryTake(bytes: number): boolean {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  /**
   * Waits until the bytes fit, in the order of the calls. A waiting page must hold none, or all pages might wait for
   * each other.
   * @throws the signal's reason
   */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.tryTake(bytes)) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const turn = { bytes, admit: resolve };
    const giveUp = () => {
      const at = this.#waiting.indexOf(turn);
      if (at === -1) return;
      this.#waiting.splice(at, 1);
      reject(signal.reason as Error);
      this.#admit();
    };
    this.#waiting.push(turn);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /**
   * Counts bytes that are in memory already, whether they fit or not: others then wait until there is room again. Call
   * `giveBack` when none of them is held any more.
   */
  hold(): Hold {
    let held = 0;
    return {
      take: (bytes) => {
        held += bytes;
        this.#bytes += bytes;
      },
      giveBack: () => {
        this.giveBack(held);
        held = 0;
      },
    };
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
    this.#admit();
  }

  #admit(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined || !this.#fits(next.bytes)) return;
      this.#waiting.shift();
      this.#bytes += next.bytes;
      next.admit();
    }
  }

  #fits(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.#bytesMax;
  }
}
