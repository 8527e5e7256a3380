import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceControl } from './source-control.ts';

const PAUSE_MS = 500;
/** One of so many rounds becomes visible late. */
const LATE_EVERY = 5;
/** Longer than the demo's safety lag, so that only the overlap of two windows finds these records. */
const LATE_MS = 4_000;

/** A source that people and feeds change all the time: records change, and new ones appear. */
export class MovingSource {
  readonly #control: SourceControl;
  readonly #seed: number;
  readonly #perRound: number;
  #round = 0;
  #stop = new AbortController();
  #moving: Promise<void> = Promise.resolve();
  /** Changes that were asked for so far. */
  asked = 0;
  /** Changes until the last call of `count` or `stop`, and those of them between two pages of one run. */
  readonly counted = { changes: 0, changesBetweenPages: 0 };

  /** @param perRound records changed, and added, twice a second */
  constructor(control: SourceControl, seed: number, perRound: number) {
    this.#control = control;
    this.#seed = seed;
    this.#perRound = perRound;
  }

  start(): void {
    this.#stop = new AbortController();
    this.#moving = this.#move(this.#stop.signal);
    this.#moving.catch(() => undefined); // `stop` throws it
  }

  /** Stops the changes, and waits until all of them are visible. */
  async stop(): Promise<void> {
    await this.#pause();
    while ((await this.#control.late()) > 0) await sleep(PAUSE_MS);
    await this.#count();
  }

  /** Counts what has changed up to here. To be called between two runs. */
  async count(): Promise<void> {
    await this.#pause();
    await this.#count();
    this.start();
  }

  async #pause(): Promise<void> {
    this.#stop.abort();
    await this.#moving;
  }

  async #count(): Promise<void> {
    const { changes, changesBetweenPages } = await this.#control.takeCounts();
    this.counted.changes += changes;
    this.counted.changesBetweenPages += changesBetweenPages;
  }

  async #move(signal: AbortSignal): Promise<void> {
    const count = this.#perRound;
    for (; !signal.aborted; this.#round += 1) {
      const seed = this.#seed + this.#round;
      // a late change of an existing record would move its date back
      const isLate = this.#round % LATE_EVERY === 0;
      const random = { seed, updates: isLate ? 0 : count, creates: count };
      await this.#control.change(random, isLate ? LATE_MS : 0);
      this.asked += random.updates + random.creates;
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
    }
  }
}
