import { ApiError, illegalArgument } from '../errors.ts';
import { type Index } from './index.ts';
import { type Searched, type Target } from './target.ts';

interface Context extends Target {
  readonly contextId: number;
  readonly at: number;
}

interface PointInTime {
  readonly contexts: readonly Context[];
  keepAliveMs: number;
  usedMs: number;
}

/** What an id says of one of its contexts, for messages about a point in time that is no more. */
type Remembered = readonly [index: string, contextId: number];

interface Now {
  readonly indices: ReadonlyMap<string, Index>;
  readonly nowMs: number;
}

/** Open views of indices as searches saw them at one moment. They end by themselves when nobody uses them. */
export class PointsInTime {
  readonly #open = new Map<string, PointInTime>();
  #lastContext = 0;

  open(targets: readonly Target[], keepAliveMs: number, nowMs: number): string {
    this.#expire(nowMs);
    const contexts = targets.map((target): Context => {
      this.#lastContext += 1;
      target.index.documents.pins += 1;
      const at = target.index.documents.searchableSeqNo;
      const { index, filters } = target;
      return { index, filters, contextId: this.#lastContext, at };
    });
    const remembered = contexts.map(({ index, contextId }): Remembered => [index.name, contextId]);
    const id = Buffer.from(JSON.stringify(remembered)).toString('base64');
    if (contexts.length > 0) this.#open.set(id, { contexts, keepAliveMs, usedMs: nowMs });
    return id;
  }

  /**
   * The indices of a point in time, to be searched as they were.
   * @param keepAliveMs null leaves it as it is
   * @throws {ApiError} 400 for a text that is no id
   */
  search(id: string, keepAliveMs: number | null, { indices, nowMs }: Now): Searched[] {
    this.#expire(nowMs);
    const remembered = parseId(id);
    const found = this.#open.get(id);
    if (found === undefined) return remembered.map((one) => missingContext(one, indices));
    found.usedMs = nowMs;
    found.keepAliveMs = Math.max(found.keepAliveMs, keepAliveMs ?? 0);
    return found.contexts.map(({ index, filters, at }) => ({
      index,
      filters,
      at,
      gone: indices.get(index.name) === index ? null : noShard(),
    }));
  }

  /** How many contexts were freed. @throws {ApiError} 400 for a text that is no id */
  close(id: string, nowMs: number): number {
    this.#expire(nowMs);
    parseId(id);
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

function parseId(id: string): Remembered[] {
  try {
    return JSON.parse(Buffer.from(id, 'base64').toString('utf8')) as Remembered[];
  } catch {
    // the real server trips over the bytes in various ways
    throw illegalArgument(`java.io.EOFException: [${id}] is no id of a point in time`);
  }
}

function missingContext([name, contextId]: Remembered, indices: Now['indices']): Searched {
  const reason = `No search context found for id [${contextId}]`;
  const gone = new ApiError(404, { type: 'search_context_missing_exception', reason });
  const index = indices.get(name) ?? { name };
  // only the name of an index that is gone is ever looked at
  return { index: index as Searched['index'], filters: null, at: null, gone };
}

function noShard(): ApiError {
  const reason = null as unknown as string; // as the real server has it
  return new ApiError(503, { type: 'no_shard_available_action_exception', reason });
}
