import { setTimeout as sleep } from 'node:timers/promises';

/** Sleep and randomness; tests replace them with a clock of their own. */
export type Waiting = {
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
};

export const REAL_WAITING: Waiting = {
  sleep: async (ms, signal) => {
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  },
  random: Math.random,
};
