import { Control } from '../stand-ins/control.ts';
import type { Version } from './compare.ts';

/** A version from the stand-in's own list. */
export type TrueVersion = Version & { summary: string };

type ChangeCounts = { changes: number; changesBetweenPages: number };

/** The control side of the ThreatConnect stand-in, as the demo needs it. */
export class SourceControl {
  readonly #control: Control;

  /** @param url of the stand-in, without a path */
  constructor(url: string) {
    this.#control = new Control(url);
  }

  /** The live indicators from the stand-in's own list, without its API. */
  async live(): Promise<TrueVersion[]> {
    const all = await this.#control.lines<TrueVersion & { active: boolean; deleted: boolean }>(
      '/_sim/truth',
    );
    return all.filter(({ active, deleted }) => active && !deleted);
  }

  /** Every live record with these `fields`, one per line; in chunks as they arrive. */
  records(fields: readonly string[]): AsyncGenerator<Uint8Array> {
    const query = new URLSearchParams(fields.map((field): [string, string] => ['fields', field]));
    return this.#control.chunks(`/_sim/records?${query.toString()}`);
  }

  /** After each answered page, changes random records. */
  async changeAfterEachPage(updates: number, creates: number): Promise<void> {
    await this.#control.post('/_sim/script', {
      afterPage: 1,
      every: true,
      random: { seed: 1, updates, creates },
    });
  }

  /**
   * Changes random records at once.
   * @param lateMs time until the changes become visible
   */
  async change(
    random: { seed: number; updates: number; creates: number },
    lateMs: number,
  ): Promise<void> {
    await this.#control.post('/_sim/mutate', { random, commitAfterMs: lateMs });
  }

  /** Number of batches that are not visible yet. */
  async late(): Promise<number> {
    return (await this.#control.get<{ open: number }>('/_sim/late')).open;
  }

  /** The changes since the last call, and those of them between two pages. */
  async takeCounts(): Promise<ChangeCounts> {
    const counts = await this.#control.get<ChangeCounts>('/_sim/counters');
    await this.#control.post('/_sim/counters/reset');
    return counts;
  }

  async stopChanging(): Promise<void> {
    await this.#control.delete('/_sim/script');
  }
}
