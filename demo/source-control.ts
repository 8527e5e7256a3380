import { Control } from '../stand-ins/control.ts';
import type { Version } from './compare.ts';

/** A version from the stand-in's own list. */
export type TrueVersion = Version & { summary: string };

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

  async stopChanging(): Promise<void> {
    await this.#control.delete('/_sim/script');
  }
}
