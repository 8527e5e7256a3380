import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import type { SaveProgressInput } from '../../contracts/activities.ts';
import { FeedState, Unfinished, type Standing } from '../../contracts/feed-state.ts';
import { BadInputError, SinkMisconfiguredError } from '../../contracts/errors.ts';
import { isAhead, withFreshSlices } from '../../window/resume-window.ts';
import { atSink } from './sink-error.ts';
import { parseStored } from './parse-stored.ts';

/** The version of a stored document on which a change is based; `null` if there is no document yet. */
export type Version = { seqNo: number; primaryTerm: number } | null;

const INSTANCE = 'instance';
const Instance = z.object({ tc_url: z.string() });

/** The program's state across runs. Every change is a compare-and-set. */
export class StateStore {
  readonly #sink: Client;
  readonly #index: string;

  constructor(sink: Client, index: string) {
    this.#sink = sink;
    this.#index = index;
  }

  async readFeed(
    feed: string,
    signal: AbortSignal,
  ): Promise<{ state: FeedState | null; version: Version }> {
    const id = feedDocument(feed);
    const { source, version } = await this.#read(id, signal);
    if (source === null) return { state: null, version };
    const stored = { where: `${this.#index}/_doc/${id}`, loss: 'all of the feed is read again' };
    return { state: parseStored(FeedState, source, stored), version };
  }

  /** State of a feed, and the progress that a failed or cancelled run has saved; nothing before the first run. */
  async read(feed: string, signal: AbortSignal): Promise<Standing> {
    const { state } = await this.readFeed(feed, signal);
    const { unfinished } = await this.readUnfinished(feed, signal);
    return { state, unfinished };
  }

  /**
   * Stores a feed's state unless it was changed since it was read.
   * @returns false if it was changed
   */
  async writeFeed(state: FeedState, version: Version, signal: AbortSignal): Promise<boolean> {
    return this.#write(feedDocument(state.feed), state, version, signal);
  }

  /** @returns `unreadable` if another version of the program has saved it in another form */
  async readUnfinished(
    feed: string,
    signal: AbortSignal,
  ): Promise<{ unfinished: Unfinished | 'unreadable' | null; version: Version }> {
    const { source, version } = await this.#read(unfinishedDocument(feed), signal);
    if (source === null) return { unfinished: null, version };
    return { unfinished: Unfinished.safeParse(source).data ?? 'unreadable', version };
  }

  /** @returns false if it was changed since it was read */
  async writeUnfinished(
    unfinished: Unfinished,
    version: Version,
    signal: AbortSignal,
  ): Promise<boolean> {
    return this.#write(unfinishedDocument(unfinished.feed), unfinished, version, signal);
  }

  /** Stores the progress of a run, unless another run of the same window has read more. */
  async keepProgress(
    { feed, runId, progress }: SaveProgressInput,
    nowMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const kept: Unfinished = {
      feed,
      run_id: runId,
      saved_at: new Date(nowMs).toISOString(),
      progress: withFreshSlices(progress),
    };
    for (;;) {
      const { unfinished, version } = await this.readUnfinished(feed, signal);
      if (unfinished !== null && unfinished !== 'unreadable' && isAhead(unfinished, kept)) return;
      if (await this.writeUnfinished(kept, version, signal)) return;
    }
  }

  /** Removes it unless it was changed since it was read. */
  async removeUnfinished(
    feed: string,
    { seqNo, primaryTerm }: NonNullable<Version>,
    signal: AbortSignal,
  ): Promise<void> {
    const id = unfinishedDocument(feed);
    await atSink(`DELETE ${this.#index}/_doc/${id}`, signal, () =>
      this.#sink.delete(
        { index: this.#index, id, if_seq_no: seqNo, if_primary_term: primaryTerm },
        { signal, ignore: [404, 409] },
      ),
    );
  }

  /** Removes all that is stored about a feed, so that its next run reads everything again. */
  async forgetFeed(feed: string, signal: AbortSignal): Promise<void> {
    for (const id of [unfinishedDocument(feed), feedDocument(feed)]) {
      await atSink(`DELETE ${this.#index}/_doc/${id}`, signal, () =>
        this.#sink.delete({ index: this.#index, id }, { signal, ignore: [404] }),
      );
    }
  }

  /** Address of the ThreatConnect instance that the namespace belongs to; `null` if it belongs to none yet. */
  async readInstance(signal: AbortSignal): Promise<string | null> {
    const { source } = await this.#read(INSTANCE, signal);
    return source === null ? null : this.#toInstance(source);
  }

  /**
   * Binds the namespace to the first ThreatConnect instance that writes to it.
   * @throws {BadInputError} if it belongs to another one
   */
  async claimInstance(url: string, signal: AbortSignal): Promise<void> {
    const { source } = await this.#read(INSTANCE, signal);
    if (source === null) {
      if (await this.#write(INSTANCE, { tc_url: url }, null, signal)) return;
      return this.claimInstance(url, signal); // another run was first
    }
    const instance = this.#toInstance(source);
    if (instance === url) return;
    throw new BadInputError(
      `index ${this.#index} belongs to the ThreatConnect instance ${instance}, not to ${url}; ` +
        'give each instance a namespace of its own (TCSYNC_NAMESPACE)',
    );
  }

  #toInstance(source: unknown): string {
    const where = `${this.#index}/_doc/${INSTANCE}`;
    const loss = 'the next run binds the namespace to its TC_URL';
    return parseStored(Instance, source, { where, loss }).tc_url;
  }

  async #read(
    id: string,
    signal: AbortSignal,
  ): Promise<{ source: Record<string, unknown> | null; version: Version }> {
    const answer = await atSink(`GET ${this.#index}/_doc/${id}`, signal, () =>
      this.#sink.get<Record<string, unknown>>(
        { index: this.#index, id },
        { signal, ignore: [404] },
      ),
    );
    if (answer.found === undefined) {
      throw new SinkMisconfiguredError(
        `index ${this.#index} does not exist: \`tcsync apply\` creates it`,
      );
    }
    const { _source: source, _seq_no: seqNo, _primary_term: primaryTerm } = answer;
    if (source === undefined || seqNo === undefined || primaryTerm === undefined) {
      return { source: null, version: null };
    }
    return { source, version: { seqNo, primaryTerm } };
  }

  async #write(
    id: string,
    document: Record<string, unknown>,
    version: Version,
    signal: AbortSignal,
  ): Promise<boolean> {
    const based =
      version === null
        ? { op_type: 'create' as const }
        : { if_seq_no: version.seqNo, if_primary_term: version.primaryTerm };
    const answer = await atSink(`PUT ${this.#index}/_doc/${id}`, signal, () =>
      this.#sink.index(
        { index: this.#index, id, document, ...based },
        { signal, ignore: [409], meta: true },
      ),
    );
    return answer.statusCode !== 409;
  }
}

function feedDocument(feed: string): string {
  return `feed:${feed}`;
}

function unfinishedDocument(feed: string): string {
  return `unfinished:${feed}`;
}
