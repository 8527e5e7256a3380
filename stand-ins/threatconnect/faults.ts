/**
 * Kind of a request, as counters, faults and the log name it. `related`: groups, attributes, tags and
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
  /** 200 with an HTML page, as from a login or a proxy. */
  | { kind: 'html200' }
  /** 200 with an envelope that says "Error". */
  | { kind: 'statusError' }
  /** 200 with the Content-Type of JSON and a body that is not JSON. */
  | { kind: 'notJson' }
  /** The connection ends after this number of bytes of the body; `null`: after half of them. */
  | { kind: 'cut'; atBytes: number | null }
  /** The connection is reset without an answer. */
  | { kind: 'reset' }
  | { kind: 'slow'; msPerChunk: number; chunkBytes: number }
  /** 200, and then blanks at intervals, forever. */
  | { kind: 'drip' }
  /** The answer to a query that takes too long. Its status is a switch. */
  | { kind: 'tqlTimeout' }
  /** 503: the API is not licensed. */
  | { kind: 'notLicensed' }
  /** The first and the last record of the page are exchanged. */
  | { kind: 'disorder' }
  /** The request waits until the faults are cleared, and is then evaluated. */
  | { kind: 'hold' };

export interface ArmedFault {
  on: RequestKind | 'any';
  /** Number of matching requests that succeed before. */
  after: number;
  /** Number of matching requests that fail; `null`: all. */
  times: number | null;
  fault: Fault;
}

/** Faults in the order in which they were added, and the held requests. */
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

  /** The fault for this request. Each fault counts its matching requests; the first one that is due is used. */
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

  /** Resolves when the faults are cleared, or when the signal says that the client has closed the connection. */
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

  /** Lets all held requests continue. */
  release(): void {
    for (const release of this.#held) release();
  }
}
