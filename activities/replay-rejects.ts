import type { Feed } from '../contracts/feed.ts';
import type { Reject } from '../contracts/reject.ts';
import {
  NO_REPLAY,
  REPLAY_BATCH,
  type ReplayBatchInput,
  type ReplayBatchResult,
  type ReplayCounts,
} from '../contracts/replay-rejects.ts';
import { attempt } from './attempt.ts';
import { findFeed, type Deps } from './deps.ts';
import { RejectStore } from './elasticsearch/reject-store.ts';
import { BadInputError } from './errors.ts';
import { ApartReader, type WholeRecord } from './record-apart.ts';
import { RecordWriter } from './record-writer.ts';
import { toRecordSelection } from './selection.ts';
import type { Selection } from './threatconnect/tql.ts';
import { isWeight } from './threatconnect/weight.ts';

/**
 * Reads the records of some rejects again, each by itself, and writes what can now be written.
 * Safe to repeat: what was written is found there, and a reject that is settled stays so.
 */
export function replayRejects(deps: Deps, input: ReplayBatchInput): Promise<ReplayBatchResult> {
  return attempt(async (signal) => {
    const feed = findFeed(deps.feeds, input.feed);
    const store = new RejectStore(deps.sink, deps.settings.namespace);
    const { rejects, next } = await chooseRejects(store, feed, input, signal);
    const counts: ReplayCounts = { ...NO_REPLAY };
    for (const reject of rejects) {
      const outcome = await replay(deps, feed, reject, input.runId, signal);
      if (outcome === 'written' || outcome === 'gone') {
        await store.settle([reject.id], outcome, signal);
      }
      counts.asked += 1;
      counts[outcome] += 1;
    }
    return { counts, next };
  });
}

async function chooseRejects(
  store: RejectStore,
  feed: Feed,
  { rejects: ids, after }: ReplayBatchInput,
  signal: AbortSignal,
): Promise<Pick<Awaited<ReturnType<RejectStore['list']>>, 'rejects' | 'next'>> {
  if (ids === null) {
    return store.list({ feed: feed.name, state: 'open', size: REPLAY_BATCH, after }, signal);
  }
  const found = await store.get(ids, signal);
  const missing = ids.filter((id) => !found.some((reject) => reject.id === id));
  if (missing.length > 0) {
    throw new BadInputError(
      `no such reject: ${missing.join(', ')}; \`tcsync rejects list\` shows which there are`,
    );
  }
  const other = found.find((reject) => reject.feed !== feed.name);
  if (other !== undefined) {
    throw new BadInputError(`reject ${other.id} is one of feed ${other.feed}, not of ${feed.name}`);
  }
  return { rejects: found, next: null };
}

async function replay(
  deps: Deps,
  feed: Feed,
  reject: Reject,
  runId: string,
  signal: AbortSignal,
): Promise<'written' | 'rejected' | 'gone' | 'unfindable'> {
  const { source, sink, settings } = deps;
  const selection = toRecordSelection(feed, reject);
  if (selection === null) return 'unfindable';
  const run = { feed: feed.name, runId };
  const apart = new ApartReader(source, feed.fields, settings.maxAssociations, signal);
  const { record, written } = await RecordWriter.lend(deps, run, signal, async (writer) => {
    const found = await readOne(apart, selection, feed);
    if (found !== null) await writer.writeWhole(found, 1);
    return { record: found };
  });
  if (record === null) return 'gone';
  const { rejects } = written;
  const { requestedAtMs } = record;
  await new RejectStore(sink, settings.namespace).save(rejects, { ...run, requestedAtMs }, signal);
  return rejects.length > 0 ? 'rejected' : 'written';
}

/** In one answer where the source can give it so, else put together from several. */
async function readOne(
  apart: ApartReader,
  selection: Selection,
  feed: Feed,
): Promise<WholeRecord | null> {
  try {
    const record = await apart.first(selection, feed.fields);
    if (record === null || !record.cut) return record;
  } catch (error) {
    if (!isWeight(error)) throw error;
  }
  return apart.read(selection);
}
