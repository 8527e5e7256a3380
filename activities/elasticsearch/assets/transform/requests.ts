import type { Client, estypes } from '@elastic/elasticsearch';
import { setTimeout as pause } from 'node:timers/promises';
import { requireCreated, requireTemplate } from '../kinds/existing.ts';
import { LATEST_TEMPLATE } from '../latest/latest-template.ts';
import { updateBody, type FoundConfig } from './compare-config.ts';
import type { TransformBody } from './latest-transform.ts';

export type FoundStats = estypes.TransformGetTransformStatsTransformStats;

/** A first run that fails does so within a second. */
const LOOKS_MAX = 20;
const LOOK_EVERY_MS = 250;

/** The requests about one transform. All are safe to repeat, also while another installer sends the same. */
export class TransformRequests {
  readonly #sink: Client;
  readonly #id: string;
  readonly #signal: AbortSignal;

  constructor(sink: Client, id: string, signal: AbortSignal) {
    this.#sink = sink;
    this.#id = id;
    this.#signal = signal;
  }

  /** `null` if it does not exist. */
  async config(): Promise<FoundConfig | null> {
    const { transforms } = await this.#sink.transform.getTransform(
      { transform_id: this.#id },
      { signal: this.#signal, ignore: [404] },
    );
    return transforms?.[0] ?? null;
  }

  /** `null` if it does not exist. */
  async stats(): Promise<FoundStats | null> {
    const { transforms } = await this.#sink.transform.getTransformStats(
      { transform_id: this.#id },
      { signal: this.#signal, ignore: [404] },
    );
    return transforms?.[0] ?? null;
  }

  async create(body: TransformBody): Promise<void> {
    await requireTemplate(this.#sink, LATEST_TEMPLATE, this.#signal);
    const answer = await this.#sink.transform.putTransform(
      { transform_id: this.#id, ...body },
      { signal: this.#signal, ignore: [400, 409], meta: true },
    );
    requireCreated(`transform ${this.#id}`, answer);
    await this.start();
  }

  /** Creates it again: it forgets what it has read, and begins with the oldest document. Its index stays. */
  async recreate(body: TransformBody): Promise<void> {
    await this.#sink.transform.deleteTransform(
      { transform_id: this.#id, force: true },
      { signal: this.#signal, ignore: [404] },
    );
    await this.create(body);
  }

  /**
   * Gives it the wanted configuration, and the credentials of this request.
   * Without a validation, which needs longer than the request may last in a slow cluster.
   * @see https://github.com/elastic/kibana/issues/283428
   */
  async update(found: FoundConfig, wanted: TransformBody): Promise<void> {
    await this.#change(updateBody(found, wanted));
  }

  /** Gives it another destination, or the same with other aliases. It goes on where it is. */
  async redirect(dest: TransformBody['dest']): Promise<void> {
    await this.#change({ dest });
  }

  async #change(body: Partial<Omit<TransformBody, 'latest'>>): Promise<void> {
    await this.#sink.transform.updateTransform(
      { transform_id: this.#id, defer_validation: true, ...body },
      { signal: this.#signal },
    );
  }

  /**
   * It moves the alias to the transform's index. 409: it is running already.
   * @param fromMs where its first checkpoint begins; has no effect on a transform that has a checkpoint
   */
  async start(fromMs: number | null = null): Promise<void> {
    const from = fromMs === null ? {} : { from: new Date(fromMs).toISOString() };
    await this.#sink.transform.startTransform(
      { transform_id: this.#id, ...from },
      { signal: this.#signal, ignore: [409] },
    );
  }

  /** Stops it, also if it has failed, and starts it. Waits until it has looked at its source, as it may fail again. */
  async restart(): Promise<void> {
    await this.#sink.transform.stopTransform(
      { transform_id: this.#id, force: true, wait_for_completion: true },
      { signal: this.#signal },
    );
    const before = (await this.stats())?.stats.trigger_count ?? 0;
    await this.start();
    await this.#nextRun(before);
  }

  /** Lets it run at once, and waits until it has. */
  async runNow(): Promise<void> {
    const before = (await this.stats())?.stats.trigger_count ?? 0;
    await this.#sink.transform.scheduleNowTransform(
      { transform_id: this.#id },
      { signal: this.#signal },
    );
    await this.#nextRun(before);
  }

  /** @param triggered number of runs before the one that is waited for */
  async #nextRun(triggered: number): Promise<void> {
    let ran = 0;
    // a second look: Elasticsearch counts a run at its beginning
    for (let looks = 0; looks < LOOKS_MAX && ran < 2; looks += 1) {
      await pause(LOOK_EVERY_MS, undefined, { signal: this.#signal });
      const now = await this.stats();
      if (now?.state !== 'started' && now?.state !== 'indexing') return;
      if (now.state === 'started' && now.stats.trigger_count > triggered) ran += 1;
    }
  }
}
