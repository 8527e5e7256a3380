/**
 * What a request asks for; counters, faults and the log use these words. `related`: groups, attributes, tags and
 * labels.
 */
export type RequestKind = 'page' | 'count' | 'owners' | 'single' | 'deleted' | 'related' | 'other';

export type LoggedKind = RequestKind | 'rejectedAuth';

export type Fault =
  /** Any status with any body and headers, instead of the answer. */
  | {
      kind: 'status';
      status: number;
      body: string;
      contentType: string;
      headers: Readonly<Record<string, string>>;
    }
  /** 200 with a page for people, as from a login or a proxy. */
  | { kind: 'html200' }
  /** 200 with an envelope that says "Error". */
  | { kind: 'statusError' }
  /** 200 that calls itself JSON and is none. */
  | { kind: 'notJson' }
  /** The connection ends behind so many bytes of the body; null: behind half of them. */
  | { kind: 'cut'; atBytes: number | null }
  /** The connection is reset instead of an answer. */
  | { kind: 'reset' }
  | { kind: 'slow'; msPerChunk: number; chunkBytes: number }
  /** 200, and then a blank every now and then, without end. */
  | { kind: 'drip' }
  /** What a query that takes too long is answered; its status is a switch. */
  | { kind: 'tqlTimeout' }
  /** 503 that says that the API is not licensed. */
  | { kind: 'notLicensed' }
  /** The page's first and last record change places. */
  | { kind: 'disorder' }
  /** The request waits until faults are cleared and is evaluated then. */
  | { kind: 'hold' };

export interface ArmedFault {
  on: RequestKind | 'any';
  /** So many matching requests are let through before. */
  after: number;
  /** So many matching requests are hit; null: all. */
  times: number | null;
  fault: Fault;
}

/** Faults in the order in which they were armed, and the requests that are held. */
export class Faults {
  #armed: ArmedFault[] = [];
  readonly #held = new Set<() => void>();

  get armed(): readonly ArmedFault[] {
    return this.#armed;
  }

  get held(): number {
    return this.#held.size;
  }

  arm(fault: ArmedFault): void {
    this.#armed.push({ ...fault });
  }

  /** The fault that hits this request. Each armed one counts its requests down; the first that is due wins. */
  take(kind: RequestKind): Fault | null {
    let due: ArmedFault | null = null;
    for (const armed of this.#armed) {
      if (armed.on !== 'any' && armed.on !== kind) continue;
      if (armed.after > 0) armed.after--;
      else due ??= armed;
    }
    if (due === null) return null;
    if (due.times !== null) due.times--;
    this.#armed = this.#armed.filter(({ times }) => times === null || times > 0);
    return due.fault;
  }

  /** Resolves when faults are cleared, or when the signal says that nobody waits any more. */
  async hold(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const release = (): void => {
        this.#held.delete(release);
        signal.removeEventListener('abort', release);
        resolve();
      };
      this.#held.add(release);
      signal.addEventListener('abort', release);
    });
  }

  clear(): void {
    this.#armed = [];
    this.release();
  }

  /** Lets all requests go that are held. */
  release(): void {
    for (const release of this.#held) release();
  }
}
