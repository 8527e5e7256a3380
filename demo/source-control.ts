import type { Version } from './compare.ts';

/** A version from the stand-in's own list. */
export type TrueVersion = Version & { summary: string };

/** The control side of the ThreatConnect stand-in. */
export class SourceControl {
  readonly #url: string;

  /** @param url of the stand-in, without a path */
  constructor(url: string) {
    this.#url = url;
  }

  /** The live indicators from the stand-in's own list, without its API. */
  async live(): Promise<TrueVersion[]> {
    const text = await (await this.#fetch('/_sim/truth')).text();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as TrueVersion & { active: boolean; deleted: boolean })
      .filter(({ active, deleted }) => active && !deleted);
  }

  /** Every live record with these `fields`, one per line; in chunks as they arrive. */
  async *records(fields: readonly string[]): AsyncGenerator<Uint8Array> {
    const query = new URLSearchParams(fields.map((field): [string, string] => ['fields', field]));
    const { body } = await this.#fetch(`/_sim/records?${query.toString()}`);
    if (body !== null) yield* body;
  }

  /** After each answered page, changes random records. */
  async changeAfterEachPage(updates: number, creates: number): Promise<void> {
    await this.#post('/_sim/script', {
      afterPage: 1,
      every: true,
      random: { seed: 1, updates, creates },
    });
  }

  async stopChanging(): Promise<void> {
    await this.#fetch('/_sim/script', { method: 'DELETE' });
  }

  async #post(path: string, body: unknown): Promise<void> {
    await this.#fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async #fetch(path: string, init?: RequestInit): Promise<Response> {
    const response = await fetch(`${this.#url}${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}
