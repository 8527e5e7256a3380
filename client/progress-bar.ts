import { stripVTControlCharacters } from 'node:util';
import type { Reading } from '../contracts/progress.ts';
import { number, plural } from '../watch/words.ts';
import { timeText } from './time-text.ts';

/** The part of a run's progress that is drawn; of a backfill, also its spans. */
export type Shown = Pick<Reading, 'counts' | 'expected' | 'paused'> & {
  spans?: { done: number; of: number };
};

/** Width to assume if a terminal does not report its width. */
const COLUMNS = 80;

/** Maximum length of a sentence: it may contain a reason that anybody wrote. */
const CHARACTERS_SAID = 500;

/** A rate over a shorter time would be random. */
const RATE_AFTER_MS = 1_000;

/**
 * Draws a run's progress on one line of a terminal of any width. If standard error is not a terminal, writes a new
 * line each time another 10% is done.
 */
export class ProgressBar {
  readonly #out: NodeJS.WriteStream;
  /** Records read when this command began to look, or when the run was last paused. The rate counts from here. */
  #since: { read: number; atMs: number } | null = null;
  #lastKey = '';
  #isDrawn = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  draw(progress: Shown, nowMs: number): void {
    const perSecond = this.#perSecond(progress, nowMs);
    if (this.#out.isTTY) {
      // the last column stays free, because a terminal wraps the line after it
      const columns = (this.#out.columns || COLUMNS) - 1;
      this.#out.write(`\r\x1b[K${progressText(progress, perSecond, columns)}`);
      this.#isDrawn = true;
      return;
    }
    const tenth = Math.floor((progress.counts.read / Math.max(progress.expected, 1)) * 10);
    const key = `${tenth} ${progress.paused !== null}`;
    if (key === this.#lastKey) return;
    this.#lastKey = key;
    this.#out.write(`${progressText(progress, perSecond, Infinity)}\n`);
  }

  /** Prints a sentence on a line of its own. Text that servers and people wrote cannot move the cursor. */
  say(sentence: string): void {
    const plain = stripVTControlCharacters(sentence).replaceAll(/\p{Cc}+/gu, ' ');
    const said = plain.length > CHARACTERS_SAID ? `${plain.slice(0, CHARACTERS_SAID)}…` : plain;
    this.#out.write(`${this.#isDrawn ? '\r\x1b[K' : ''}${said}\n`);
    this.#isDrawn = false;
  }

  end(): void {
    if (this.#isDrawn) this.#out.write('\n');
    this.#isDrawn = false;
  }

  #perSecond({ counts: { read }, paused }: Shown, nowMs: number): number | null {
    if (this.#since === null || paused !== null || read < this.#since.read) {
      this.#since = { read, atMs: nowMs };
    }
    const tookMs = nowMs - this.#since.atMs;
    return tookMs < RATE_AFTER_MS ? null : (read - this.#since.read) / (tookMs / 1_000);
  }
}

type Part = 'records' | 'pages' | 'rate' | 'left';

/** Layouts from wide to narrow. The least important parts are left out first. */
const LAYOUTS: readonly { bar: number; parts: readonly Part[] }[] = [
  { bar: 24, parts: ['records', 'pages', 'rate', 'left'] },
  { bar: 24, parts: ['records', 'rate', 'left'] },
  { bar: 16, parts: ['records', 'rate', 'left'] },
  { bar: 8, parts: ['records', 'rate', 'left'] },
  { bar: 8, parts: ['rate', 'left'] },
  { bar: 0, parts: ['rate', 'left'] },
  { bar: 0, parts: ['left'] },
  { bar: 0, parts: [] },
];

/**
 * `[##########--------------]  42%  4,200 of 10,000 records, 3 pages, 2,100/s, 3 s left`
 *
 * @param perSecond records per second; `null`: not known yet
 * @param columns maximum width; the text is ASCII, so that each character takes one column
 */
export function progressText(progress: Shown, perSecond: number | null, columns: number): string {
  const texts = LAYOUTS.map((layout) => layoutText(layout, progress, perSecond));
  return texts.find((text) => text.length <= columns) ?? percentText(progress).slice(0, columns);
}

function layoutText(
  { bar, parts }: (typeof LAYOUTS)[number],
  progress: Shown,
  perSecond: number | null,
): string {
  const { read, pages } = progress.counts;
  const expected = Math.max(progress.expected, read);
  const noun = expected === 1 ? ' record' : ' records';
  const details = [
    `${number(read)} of ${number(expected)}${parts.includes('records') ? noun : ''}`,
    ...(parts.includes('pages') ? [spansText(progress), plural(pages, 'page')].flat() : []),
    ...paceTexts(progress, perSecond, expected - read, parts),
  ];
  return `${barText(bar, read, expected)}${percentText(progress)}  ${details.join(', ')}`;
}

function spansText({ spans }: Shown): string[] {
  return spans === undefined ? [] : [`${number(spans.done)} of ${plural(spans.of, 'span')}`];
}

function paceTexts(
  { paused }: Shown,
  perSecond: number | null,
  remaining: number,
  parts: readonly Part[],
): string[] {
  if (paused !== null) return parts.includes('left') ? ['paused'] : [];
  if (perSecond === null) return [];
  return [
    ...(parts.includes('rate') ? [`${number(Math.round(perSecond))}/s`] : []),
    ...(parts.includes('left') && perSecond > 0 ? [`${timeText(remaining / perSecond)} left`] : []),
  ];
}

function barText(width: number, read: number, expected: number): string {
  if (width === 0) return '';
  const filled = expected === 0 ? width : Math.floor((read / expected) * width);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] `;
}

function percentText({ counts: { read }, expected }: Shown): string {
  const whole = Math.max(expected, read);
  // multiplies before it divides, because 0.29 * 100 is less than 29
  return `${whole === 0 ? 100 : Math.floor((read * 100) / whole)}%`.padStart(4);
}
