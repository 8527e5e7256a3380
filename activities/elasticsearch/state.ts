import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { BadInputError, SinkMisconfiguredError } from '../errors.ts';
import { atSink } from './sink-error.ts';

/** Where a feed stands; one document a feed in `tcsync-state-<namespace>`. */
export type FeedState = z.infer<typeof FeedState>;

const Counts = z.object({
  pages: z.number(),
  read: z.number(),
  created: z.number(),
  duplicate: z.number(),
  rejected: z.number(),
});

const FeedState = z.object({
  feed: z.string(),
  /** End of the contiguous range of `lastModified` that is wholly written. */
  watermark: z.string(),
  /** Start of that range; `null`: the beginning of time. */
  starts_at: z.string().nullable(),
  /** Ids of the owners that were visible at the last commit. */
  owner_ids: z.array(z.string()),
  config_hash: z.string(),
  last_run: z.object({
    run_id: z.string(),
    from: z.string().nullable(),
    to: z.string(),
    committed_at: z.string(),
    counts: Counts,
    late: z.number(),
    attention: z.array(z.string()).default([]),
  }),
});

/** The version of a stored document that a change is based on; `null`: there is none yet. */
export type Version = { seqNo: number; primaryTerm: number } | null;

const INSTANCE = 'instance';

/** The program's memory across runs. Every change is a compare-and-set. */
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
    const { source, version } = await this.#read(feedDocument(feed), signal);
    return { state: source === null ? null : FeedState.parse(source), version };
  }

  /**
   * Stores a feed's state unless somebody else changed it since it was read.
   * @returns false where somebody did
   */
  async writeFeed(state: FeedState, version: Version, signal: AbortSignal): Promise<boolean> {
    return this.#write(feedDocument(state.feed), state, version, signal);
  }

  /** Address of the ThreatConnect instance that the namespace belongs to; `null`: to none yet. */
  async readInstance(signal: AbortSignal): Promise<string | null> {
    const { source } = await this.#read(INSTANCE, signal);
    return source === null ? null : String(source.tc_url);
  }

  /**
   * Binds the namespace to one ThreatConnect instance, the first that writes to it.
   * @throws {BadInputError} where it belongs to another one
   */
  async claimInstance(url: string, signal: AbortSignal): Promise<void> {
    const { source } = await this.#read(INSTANCE, signal);
    if (source === null) {
      if (await this.#write(INSTANCE, { tc_url: url }, null, signal)) return;
      return this.claimInstance(url, signal); // another run was first
    }
    if (source.tc_url === url) return;
    throw new BadInputError(
      `index ${this.#index} belongs to the ThreatConnect instance ${String(source.tc_url)}, not to ${url}; ` +
        'give each instance a namespace of its own (TCSYNC_NAMESPACE)',
    );
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
