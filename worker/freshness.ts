import type { Logger } from '@temporalio/worker';
import type { Deps } from '../activities/deps.ts';
import { StateStore } from '../activities/elasticsearch/state.ts';
import { SinkMisconfiguredError } from '../activities/errors.ts';
import { stateIndex } from '../contracts/names.ts';
import { toEpochMs, type Instant } from '../contracts/instant.ts';
import type { Metrics } from './metrics.ts';

const EVERY_MS = 30_000;

/**
 * Tells every 30 s how old each feed's watermark is. It is read from the state index, where any worker's commit
 * puts it, so that the age also grows while nothing runs, and is right after a restart. While the index cannot
 * be read, the age of the last known watermark grows on.
 */
export class Freshness {
  readonly #deps: Pick<Deps, 'source' | 'sink' | 'feeds' | 'settings'>;
  readonly #metrics: Pick<Metrics, 'fresh'>;
  readonly #log: Logger;
  /** Of each feed; `null`: its first load has not ended. */
  readonly #watermarks = new Map<string, Instant | null>();
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #refreshed: Promise<void> = Promise.resolve();
  #isReadable = true;

  constructor(
    deps: Pick<Deps, 'source' | 'sink' | 'feeds' | 'settings'>,
    metrics: Pick<Metrics, 'fresh'>,
    log: Logger,
  ) {
    this.#deps = deps;
    this.#metrics = metrics;
    this.#log = log;
  }

  start(): void {
    this.#refreshed = this.#refresh();
    this.#timer = setInterval(() => {
      this.#refreshed = this.#refreshed.then(() => this.#refresh());
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#refreshed;
  }

  /** Tells of a commit of this process at once. */
  committed(feed: string, watermark: Instant | null): void {
    this.#watermarks.set(feed, watermark);
    this.#tell();
  }

  async #refresh(): Promise<void> {
    const { sink, feeds, settings } = this.#deps;
    const store = new StateStore(sink, stateIndex(settings.namespace));
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(EVERY_MS)]);
    try {
      for (const { name } of feeds) {
        this.#watermarks.set(name, await readWatermark(store, name, signal));
      }
      this.#isReadable = true;
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      if (this.#isReadable) {
        this.#log.warn('watermarks cannot be read; their age is told by the last known ones', {
          error,
        });
      }
      this.#isReadable = false;
    }
    this.#tell();
  }

  #tell(): void {
    const nowMs = this.#deps.source.clock.nowMs();
    for (const [feed, watermark] of this.#watermarks) {
      this.#metrics.fresh(feed, watermark === null ? null : nowMs - toEpochMs(watermark));
    }
  }
}

async function readWatermark(
  store: StateStore,
  feed: string,
  signal: AbortSignal,
): Promise<Instant | null> {
  try {
    const { state } = await store.readFeed(feed, signal);
    // a first load moves it through years of records before it is of use
    return state === null || state.last_run === null ? null : state.watermark;
  } catch (error) {
    // before the first `tcsync apply` there is no index
    if (error instanceof SinkMisconfiguredError) return null;
    throw error;
  }
}
