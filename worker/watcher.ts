import type { Client } from '@temporalio/client';
import type { Logger } from '@temporalio/worker';
import type { Deps } from '../activities/attempt/deps.ts';
import { toEpochMs, type Instant } from '../contracts/instant.ts';
import { judge } from '../watch/judge.ts';
import { look, type Look } from '../watch/look.ts';
import type { KnownInputs } from '../watch/runs.ts';
import { valueOf } from '../watch/tried.ts';
import type { Metrics } from './metrics.ts';

/** How often the worker looks: each time it asks about 15 times in Elasticsearch and in Temporal. */
const EVERY_MS = 60_000;
/** Longest wait for all answers. */
const WAIT_MS = 30_000;
/** Inputs of runs that are remembered; they are asked for again where there are more. */
const INPUTS_MAX = 1_000;

type Watched = Pick<Deps, 'source' | 'sink' | 'feeds' | 'settings' | 'compared'>;

/**
 * Looks once a minute at what `tcsync status` looks at, and tells the metrics. So they are right after a restart,
 * change while nothing runs, and are the same on every worker. What cannot be looked at is told as a finding;
 * beside it the last known values stay, and the age of the data grows on.
 */
export class Watcher {
  readonly #deps: Watched;
  readonly #temporal: Client;
  readonly #metrics: Pick<Metrics, 'fresh' | 'seen'>;
  readonly #log: Logger;
  /** Of each feed; `null`: its first load has not ended. */
  readonly #watermarks = new Map<string, Instant | null>();
  readonly #known: KnownInputs = new Map();
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

  /** Tells of a commit of this process at once. */
  committed(feed: string, watermark: Instant | null): void {
    this.#watermarks.set(feed, watermark);
    this.#tellAges();
  }

  /** Never fails: a fault of what only looks must not end the worker. */
  async #look(): Promise<void> {
    try {
      await this.#lookAndTell();
    } catch (error) {
      this.#log.error('looking at the state of things failed', { error });
    }
  }

  async #lookAndTell(): Promise<void> {
    const { sink, feeds, settings, compared } = this.#deps;
    const { namespace } = settings;
    if (this.#known.size > INPUTS_MAX) this.#known.clear();
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(WAIT_MS)]);
    const subject = { sink, settings, feeds: feeds.map(({ name }) => name), known: this.#known };
    const seen = await look(subject, Promise.resolve(this.#temporal), signal);
    if (this.#stopped.signal.aborted) return;
    this.#tellTrouble(seen);
    for (const { name, state } of storedFeeds(seen, subject.feeds)) {
      // a first load moves it through years of records before it is of use
      if (state !== 'unreadable') {
        this.#watermarks.set(name, state?.last_run == null ? null : state.watermark);
      }
    }
    this.#metrics.seen(seen, judge(seen, { namespace, feeds, settings: compared }), subject.feeds);
    this.#tellAges();
  }

  #tellAges(): void {
    const nowMs = this.#deps.source.clock.nowMs();
    for (const [feed, watermark] of this.#watermarks) {
      this.#metrics.fresh(feed, watermark === null ? null : nowMs - toEpochMs(watermark));
    }
  }

  /** One line for as long as it lasts. */
  #tellTrouble({ elasticsearch, temporal }: Look): void {
    const trouble = [elasticsearch, temporal].flatMap((side) =>
      'trouble' in side ? [side.trouble] : [],
    );
    if (trouble.length > 0 && this.#trouble === null) {
      this.#log.warn('not all can be looked at; metrics tell the last known values', {
        reasons: trouble,
      });
    }
    this.#trouble = trouble[0] ?? null;
  }
}

/** Before the first `tcsync apply` there is no index, and no feed is loaded. */
function storedFeeds({ elasticsearch }: Look, feeds: readonly string[]) {
  const stored = valueOf(elasticsearch);
  if (stored === null) return [];
  return stored.feeds ?? feeds.map((name) => ({ name, state: null }));
}
