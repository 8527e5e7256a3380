import { randomBytes } from 'node:crypto';

import { ApiError } from '../errors.ts';
import { type Index } from './index.ts';
import { type Searched } from './target.ts';

interface PointInTime {
  readonly contexts: readonly { readonly index: Index; readonly at: number }[];
  keepAliveMs: number;
  usedMs: number;
}

/** Open views of indices as searches saw them at one moment. They end if nobody uses them. */
export class PointsInTime {
  readonly #open = new Map<string, PointInTime>();

  /** @returns its id */
  open(indices: readonly Index[], keepAliveMs: number, nowMs: number): string {
    this.#expire(nowMs);
    const contexts = indices.map((index) => {
      index.documents.pins += 1;
      return { index, at: index.documents.searchableSeqNo };
    });
    const id = randomBytes(60).toString('base64');
    this.#open.set(id, { contexts, keepAliveMs, usedMs: nowMs });
    return id;
  }

  /**
   * The indices of a point in time, to be searched as they were.
   * @param keepAliveMs `null`: as before
   * @param indices that exist now
   * @throws {ApiError} 404 if there is no such point in time
   */
  search(
    id: string,
    keepAliveMs: number | null,
    indices: ReadonlyMap<string, Index>,
    nowMs: number,
  ): Searched[] {
    this.#expire(nowMs);
    const found = this.#open.get(id);
    if (found === undefined) {
      const type = 'search_phase_execution_exception';
      const root = {
        type: 'search_context_missing_exception',
        reason: 'No search context found for id [1]',
      };
      throw new ApiError(404, { type, reason: 'all shards failed' }, { roots: [root] });
    }
    found.usedMs = nowMs;
    found.keepAliveMs = Math.max(found.keepAliveMs, keepAliveMs ?? 0);
    return found.contexts.map(({ index, at }) => {
      const exists = indices.get(index.name) === index;
      return { index, at, gone: exists ? null : noShard() };
    });
  }

  /** @returns the number of indices that were searched */
  close(id: string, nowMs: number): number {
    this.#expire(nowMs);
    const found = this.#open.get(id);
    if (found === undefined) return 0;
    this.#free(id, found);
    return found.contexts.length;
  }

  #expire(nowMs: number): void {
    for (const [id, one] of this.#open) {
      if (nowMs - one.usedMs > one.keepAliveMs) this.#free(id, one);
    }
  }

  #free(id: string, { contexts }: PointInTime): void {
    this.#open.delete(id);
    for (const { index } of contexts) index.documents.pins -= 1;
  }
}

function noShard(): ApiError {
  const reason = null as unknown as string; // as the real server has it
  return new ApiError(503, { type: 'no_shard_available_action_exception', reason });
}
