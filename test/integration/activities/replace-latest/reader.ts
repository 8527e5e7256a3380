import assert from 'node:assert/strict';
import type { Client } from '@elastic/elasticsearch';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';

type Version = { createdMs: number };

/**
 * A reader of the alias, as a rule or a dashboard is one. It knows which indicators must be there, and refuses to see
 * one twice, to miss one, or to see an older version than before.
 */
export class Reader {
  readonly #sink: Client;
  /** Indicators that live, and must be seen from now on. */
  readonly #seen = new Map<string, Version>();
  /** Indicators that may have ended by now. */
  readonly #ended = new Set<string>();
  looks = 0;

  constructor(sink: Client) {
    this.#sink = sink;
  }

  /** From now on the indicator may be missing. */
  end(id: string): void {
    this.#ended.add(id);
    this.#seen.delete(id);
  }

  async look(after: string): Promise<void> {
    this.looks += 1;
    const now = await this.read();
    for (const [id, versions] of now) {
      assert.equal(versions.length, 1, `${id} is there ${versions.length} times after ${after}`);
      const [version = { createdMs: 0 }] = versions;
      const before = this.#seen.get(id)?.createdMs ?? 0;
      assert.ok(version.createdMs >= before, `${id} is older than before after ${after}`);
      if (!this.#ended.has(id)) this.#seen.set(id, version);
    }
    const missing = [...this.#seen.keys()].filter((id) => !now.has(id));
    assert.deepEqual(missing, [], `missing after ${after}`);
  }

  /** Everything behind the alias, by the id of the indicator. */
  async read(): Promise<Map<string, Version[]>> {
    const { hits } = await this.#sink.search<Source>({
      index: LATEST_ALIAS,
      size: 10_000,
      _source: ['event.created', 'threat_connect.indicator.id'],
    });
    const found = new Map<string, Version[]>();
    for (const { _source: source } of hits.hits) {
      const { id } = source?.threat_connect.indicator ?? { id: '' };
      const versions = found.get(id) ?? [];
      found.set(id, [...versions, { createdMs: Date.parse(source?.event.created ?? '') }]);
    }
    return found;
  }
}

type Source = {
  event: { created: string };
  threat_connect: { indicator: { id: string } };
};
