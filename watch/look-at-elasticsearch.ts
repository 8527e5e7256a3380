import type { Client } from '@elastic/elasticsearch';
import type { FeedState, Standing } from '../contracts/feed-state.ts';
import type { ProgramConfig } from '../config/config.ts';
import {
  latestStanding,
  type LatestStanding,
} from '../activities/elasticsearch/latest-standing.ts';
import { RejectStore } from '../activities/elasticsearch/reject-store.ts';
import { askServer } from '../activities/elasticsearch/server-info.ts';
import { StateStore } from '../activities/elasticsearch/state-store.ts';
import { streamIndices } from '../activities/elasticsearch/stream-identity.ts';
import { writeBlocks, type WriteBlock } from '../activities/elasticsearch/write-blocks.ts';
import { SinkMisconfiguredError, StoredUnreadableError } from '../contracts/errors.ts';
import { dataStream, LATEST_ALIAS, stateIndex } from '../contracts/names.ts';
import { tried, type Tried } from './tried.ts';

/** What Elasticsearch stores about one feed. */
export type StoredFeed = {
  name: string;
  /** `unreadable`: this version of the program cannot read the document. */
  state: FeedState | 'unreadable' | null;
  unfinished: Standing['unfinished'];
};

export type ElasticsearchLook = {
  /** `null` if the state index is missing. */
  feeds: StoredFeed[] | null;
  /** Number of open rejects per feed. */
  openRejects: Tried<Map<string, number>>;
  /** UUIDs of the backing indices of the data stream; empty if there is no such stream. */
  stream: Tried<string[]>;
  blocks: Tried<WriteBlock[]>;
  latest: Tried<LatestStanding>;
};

type Settings = Pick<ProgramConfig, 'namespace' | 'assets'>;

/**
 * Reads what runs have stored and the assets that they need; changes nothing.
 * @throws if Elasticsearch does not answer at all, or refuses to show the state of the feeds
 */
export async function lookAtElasticsearch(
  sink: Client,
  settings: Settings,
  feeds: readonly string[],
  signal: AbortSignal,
): Promise<ElasticsearchLook> {
  const { namespace } = settings;
  const stored = await readFeeds(sink, namespace, feeds, signal);
  const [openRejects, stream, latest] = await Promise.all([
    tried(countRejects(sink, namespace, feeds, signal)),
    tried(lookAtStream(sink, namespace, signal)),
    tried(latestStanding(sink, settings, signal)),
  ]);
  return {
    feeds: stored,
    openRejects,
    latest,
    stream: 'value' in stream ? { value: stream.value.uuids } : stream,
    blocks: 'value' in stream ? { value: stream.value.blocks } : stream,
  };
}

async function readFeeds(
  sink: Client,
  namespace: string,
  feeds: readonly string[],
  signal: AbortSignal,
): Promise<StoredFeed[] | null> {
  const store = new StateStore(sink, stateIndex(namespace));
  const stored: StoredFeed[] = [];
  try {
    for (const name of feeds) {
      const state = await readState(store, name, signal);
      const { unfinished } = await store.readUnfinished(name, signal);
      stored.push({ name, state, unfinished });
    }
  } catch (error) {
    if (!(error instanceof SinkMisconfiguredError)) throw error;
    await askServer(sink, signal); // a server that is not Elasticsearch has no such index either
    return null;
  }
  return stored;
}

async function readState(
  store: StateStore,
  feed: string,
  signal: AbortSignal,
): Promise<StoredFeed['state']> {
  try {
    return (await store.readFeed(feed, signal)).state;
  } catch (error) {
    if (error instanceof StoredUnreadableError) return 'unreadable';
    throw error;
  }
}

async function countRejects(
  sink: Client,
  namespace: string,
  feeds: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const store = new RejectStore(sink, namespace);
  const counts = new Map<string, number>();
  for (const feed of feeds) {
    const { total } = await store.list({ feed, state: 'open', size: 0, after: null }, signal);
    counts.set(feed, total);
  }
  return counts;
}

async function lookAtStream(sink: Client, namespace: string, signal: AbortSignal) {
  const backing = await streamIndices(sink, dataStream(namespace), signal);
  const written = backing.slice(-1).map(({ name }) => name);
  const indices = [...written, stateIndex(namespace), LATEST_ALIAS];
  return {
    uuids: backing.map(({ uuid }) => uuid),
    blocks: await writeBlocks(sink, indices, signal),
  };
}
