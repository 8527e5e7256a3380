import type { SyncFeedProgress } from '../contracts/progress.ts';

const WIDTH = 24;

/**
 * Draws a run's progress on one line of a terminal. Where standard error is no terminal it writes a line
 * whenever ten more per cent are done.
 */
export class ProgressBar {
  readonly #out: NodeJS.WriteStream;
  readonly #startedMs: number;
  #lastTenth = -1;
  #drawn = false;

  constructor(out: NodeJS.WriteStream, startedMs: number) {
    this.#out = out;
    this.#startedMs = startedMs;
  }

  draw(progress: SyncFeedProgress, nowMs: number): void {
    const text = progressText(progress, nowMs - this.#startedMs);
    if (this.#out.isTTY) {
      this.#out.write(`\r\x1b[K${text}`);
      this.#drawn = true;
      return;
    }
    const tenth = Math.floor((progress.counts.read / Math.max(progress.expected, 1)) * 10);
    if (tenth === this.#lastTenth) return;
    this.#lastTenth = tenth;
    this.#out.write(`${text}\n`);
  }

  end(): void {
    if (this.#drawn) this.#out.write('\n');
  }
}

/** `[##########··············]  42%  4,200 of 10,000 records, 3 pages, 2,100/s, 3 s left` */
export function progressText(progress: SyncFeedProgress, tookMs: number): string {
  const { read, pages } = progress.counts;
  const expected = Math.max(progress.expected, read);
  const share = expected === 0 ? 1 : read / expected;
  const filled = Math.round(share * WIDTH);
  const bar = '#'.repeat(filled) + '·'.repeat(WIDTH - filled);
  const perSecond = tookMs > 0 ? read / (tookMs / 1000) : 0;
  const rate = `${number(Math.round(perSecond))}/s`;
  const left = perSecond > 0 ? `, ${Math.ceil((expected - read) / perSecond)} s left` : '';
  // multiplied first: 0.29 * 100 is less than 29
  const percent = `${expected === 0 ? 100 : Math.floor((read * 100) / expected)}%`.padStart(4);
  return `[${bar}] ${percent}  ${number(read)} of ${number(expected)} records, ${pages} pages, ${rate}${left}`;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}
