/** Texts and documents of records under way, together; a bulk request of 5 MiB for each page that is read at once. */
export const IN_FLIGHT_BYTES = 24 * 1024 * 1024;

/** Room that is taken bit by bit, without waiting. */
export type Hold = { take(bytes: number): void; giveBack(): void };

/**
 * Bytes of records that are on their way from one system to the other, over all pages of a process. Whoever
 * wants more waits until others have written theirs; one record that is larger than all of it goes alone.
 */
export class InFlight {
  readonly #bytesMax: number;
  readonly #waiting: { bytes: number; admit: () => void }[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Takes room at once, if there is any and nobody waits for it. */
  tryTake(bytes: number): boolean {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  /**
   * Waits for room, in the order of asking. Who waits must hold none, or all might wait for each other.
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
   * Takes room for what is there already, whether there is any or not: others then wait until there is again.
   * Call its `giveBack` when nothing of it is held any more.
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
