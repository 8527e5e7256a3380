import type { Client } from '@temporalio/client';
import type { Logger } from '@temporalio/worker';
import type { Deps } from '../activities/attempt/deps.ts';
import { toEpochMs, type Instant } from '../contracts/instant.ts';
import { judge } from '../watch/judge.ts';
import { look, type Look } from '../watch/look.ts';
import { noKnownRuns } from '../watch/look-at-temporal.ts';
import { valueOf } from '../watch/tried.ts';
import type { Metrics } from './metrics.ts';

/** Interval between two looks: each sends about 15 requests to Elasticsearch and 15 to Temporal. */
const EVERY_MS = 60_000;
/** Longest time to wait for all answers. */
const WAIT_MS = 30_000;
/** Number of runs that are remembered; beyond it they are forgotten and read again. */
const RUNS_MAX = 1_000;

type Watched = Pick<Deps, 'source' | 'sink' | 'feeds' | 'settings' | 'compared'>;

/**
 * Looks once a minute at the same things as `tcsync status` and updates the metrics. So the metrics are right after a
 * restart, change while nothing runs, and are the same on every worker. If something cannot be looked at, there is a
 * finding about it. Its metrics keep their last values, and the age of the data continues to grow.
 */
export class Watcher {
  readonly #deps: Watched;
  readonly #temporal: Client;
  readonly #metrics: Pick<Metrics, 'fresh' | 'seen'>;
  readonly #log: Logger;
  /** Watermark of each feed; `null` if its first load has not ended. */
  readonly #watermarks = new Map<string, Instant | null>();
  #known = noKnownRuns();
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #looked: Promise<void> = Promise.resolve();
  #trouble: string | null = null;

  constructor(
    deps: Watched,
    temporal: Client,
    metrics: Pick<Metrics, 'fresh' | 'seen'>,
    log: Logger,
  ) {
    this.#deps = deps;
    this.#temporal = temporal;
    this.#metrics = metrics;
    this.#log = log;
  }

  start(): void {
    this.#looked = this.#look();
    this.#timer = setInterval(() => {
      this.#looked = this.#looked.then(() => this.#look());
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#looked;
  }

  /** Takes over a commit of this process at once. */
  committed(feed: string, watermark: Instant | null): void {
    this.#watermarks.set(feed, watermark);
    this.#tellAges();
  }

  /** Never fails: a fault while looking must not end the worker. */
  async #look(): Promise<void> {
    try {
      await this.#lookAndTell();
    } catch (error) {
      this.#log.error('looking at Elasticsearch and Temporal failed', { error });
    }
  }

  async #lookAndTell(): Promise<void> {
    const { sink, feeds, settings, compared } = this.#deps;
    const { namespace } = settings;
    if (this.#known.inputs.size > RUNS_MAX) this.#known = noKnownRuns();
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(WAIT_MS)]);
    const subject = { sink, settings, feeds: feeds.map(({ name }) => name), known: this.#known };
    const seen = await look(subject, Promise.resolve(this.#temporal), signal);
    if (this.#stopped.signal.aborted) return;
    this.#tellTrouble(seen);
    for (const { name, state } of storedFeeds(seen, subject.feeds)) {
      // the watermark of a first load passes through years of records and says nothing about freshness
      if (state !== 'unreadable') {
        this.#watermarks.set(name, state?.last_run == null ? null : state.watermark);
      }
    }
    const temporal = { namespace: this.#temporal.options.namespace, address: null };
    const { safetyLagMs } = settings;
    const findings = judge(seen, { namespace, feeds, safetyLagMs, settings: compared, temporal });
    this.#metrics.seen(seen, findings, subject.feeds);
    this.#tellAges();
  }

  #tellAges(): void {
    const nowMs = this.#deps.source.clock.nowMs();
    for (const [feed, watermark] of this.#watermarks) {
      this.#metrics.fresh(feed, watermark === null ? null : nowMs - toEpochMs(watermark));
    }
  }

  /** One log line for as long as the trouble lasts. */
  #tellTrouble({ elasticsearch, temporal }: Look): void {
    const trouble = [elasticsearch, temporal].flatMap((side) =>
      'trouble' in side ? [side.trouble] : [],
    );
    if (trouble.length > 0 && this.#trouble === null) {
      this.#log.warn('a system cannot be looked at; its metrics keep their last values', {
        reasons: trouble,
      });
    }
    this.#trouble = trouble[0] ?? null;
  }
}

/** Before the first `tcsync apply` there is no state index, and no feed is loaded. */
function storedFeeds({ elasticsearch }: Look, feeds: readonly string[]) {
  const stored = valueOf(elasticsearch);
  if (stored === null) return [];
  return stored.feeds ?? feeds.map((name) => ({ name, state: null }));
}
