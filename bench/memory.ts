import { readFileSync } from 'node:fs';

const SAMPLE_MS = 50;
const MEBIBYTE = 1024;

/** Samples a process's resident memory from outside, on Linux. */
export class MemorySampler {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peakKib = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
    this.#sample();
  }

  /** Stops sampling. @returns the highest sample, MiB */
  stop(): number {
    clearInterval(this.#timer);
    this.#sample();
    return this.#peakKib / MEBIBYTE;
  }

  #sample(): void {
    this.#peakKib = Math.max(this.#peakKib, residentKib(this.#pid));
  }
}

/** Current resident memory of a process, MiB. */
export function residentMib(pid: number): number {
  return residentKib(pid) / MEBIBYTE;
}

function residentKib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}
