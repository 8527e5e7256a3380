import type { Feed } from '../contracts/feed.ts';
import { stateIndex } from '../contracts/names.ts';
import type { Reject } from '../contracts/reject.ts';
import {
  NO_REPLAY,
  REPLAY_BATCH,
  type ReplayBatchInput,
  type ReplayBatchResult,
  type ReplayCounts,
} from '../contracts/replay-rejects-input.ts';
import type { RunOwners } from '../contracts/window.ts';
import { attempt } from './attempt/attempt.ts';
import { allowsDeepFields, shallowFields } from './threatconnect/deep-fields.ts';
import { findFeed, type Deps } from './attempt/deps.ts';
import { RejectStore } from './elasticsearch/reject-store.ts';
import { StateStore } from './elasticsearch/state-store.ts';
import { BadInputError } from '../contracts/errors.ts';
import { AT_ANY_TIME, PageOrder } from './page/page-order.ts';
import { PageReader, type PageAsked } from './page/page-reader.ts';
import { RecordWriter } from './page/record-writer.ts';
import { isOfNobody, toRecordSelection, toSelection } from './threatconnect/selection.ts';
import type { Selection } from './threatconnect/tql.ts';

/**
 * Reads the records of some rejects again, each separately, and writes those that can now become documents. One that is
 * inactive now ends its indicator. Safe to
 * repeat: a written document is found again, and a settled reject stays settled.
 */
export function replayBatch(deps: Deps, input: ReplayBatchInput): Promise<ReplayBatchResult> {
  return attempt(async (signal) => {
    const feed = findFeed(deps.feeds, input.feed);
    const store = new RejectStore(deps.sink, deps.settings.namespace, deps.waiting);
    const { rejects, next } = await chooseRejects(store, feed, input, signal);
    const counts: ReplayCounts = { ...NO_REPLAY };
    const asked = rejects.length === 0 ? NOTHING : await whatToAskFor(deps, feed, signal);
    for (const reject of rejects) {
      const outcome = await replay(deps, store, feed, asked, reject, input.runId, signal);
      if (outcome !== 'rejected' && outcome !== 'unfindable') {
        await store.settle([reject.id], outcome, signal);
      }
      counts.asked += 1;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
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
      `no such reject: ${missing.join(', ')}; \`tcsync rejects list\` shows the existing ones`,
    );
  }
  const other = found.find((reject) => reject.feed !== feed.name);
  if (other !== undefined) {
    throw new BadInputError(
      `reject ${other.id} belongs to feed ${other.feed}, not to ${feed.name}`,
    );
  }
  return { rejects: found, next: null };
}

/** The owners that are visible, and the fields that the account may read. */
type Asked = { owners: RunOwners; fields: readonly string[] };

const NOTHING: Asked = { owners: { ids: [], all: true }, fields: [] };

async function whatToAskFor({ source }: Deps, feed: Feed, signal: AbortSignal): Promise<Asked> {
  const visible = (await source.owners(signal)).filter(
    ({ name }) => feed.owners.length === 0 || feed.owners.includes(name),
  );
  const owners = { ids: visible.map(({ id }) => id), all: true };
  const all = toSelection(feed, { from: null, to: null, ownerIds: null }, owners);
  const may = isOfNobody(all) || (await allowsDeepFields(source, all, feed.fields, signal));
  return { owners, fields: may ? feed.fields : shallowFields(feed.fields) };
}

async function replay(
  deps: Deps,
  store: RejectStore,
  feed: Feed,
  { owners, fields }: Asked,
  reject: Reject,
  runId: string,
  signal: AbortSignal,
): Promise<Exclude<keyof ReplayCounts, 'asked'>> {
  const selection = toRecordSelection(feed, reject, owners);
  if (selection === null || isOfNobody(selection)) return 'unfindable';
  const run = { feed: feed.name, runId };
  const { found, requestedAtMs, written } = await RecordWriter.lend(deps, run, signal, (writer) =>
    readAll(deps, selection, fields, writer, signal),
  );
  if (found === 0) return (await isHidden(deps, feed, reject, signal)) ? 'unfindable' : 'gone';
  const { rejects, ended, inactive } = written;
  await store.save(rejects, { ...run, requestedAtMs }, signal);
  if (rejects.length > 0) return 'rejected';
  return ended + inactive === found ? 'inactive' : 'written';
}

/**
 * True if the record did not come because its owner is not visible. If its owner is not known, true if any owner of the
 * feed is not visible.
 */
async function isHidden(
  { source, sink, settings }: Deps,
  feed: Feed,
  { owner }: Reject,
  signal: AbortSignal,
): Promise<boolean> {
  const visible = await source.owners(signal);
  if (owner !== null) return visible.every(({ name }) => name !== owner);
  const store = new StateStore(sink, stateIndex(settings.namespace));
  const { state } = await store.readFeed(feed.name, signal);
  const seen = new Set(visible.map(({ id }) => id));
  return state?.owner_ids.some((id) => !seen.has(id)) ?? false;
}

/** Reads one record, or all records of a range. */
async function readAll(
  deps: Deps,
  selection: Selection,
  fields: readonly string[],
  writer: RecordWriter,
  signal: AbortSignal,
): Promise<{ found: number; requestedAtMs: number }> {
  const { source, settings } = deps;
  const keyset = await source.takesIdRange(signal);
  const order = new PageOrder(
    { ...AT_ANY_TIME, ...(selection.to !== null && { from: selection.from, to: selection.to }) },
    selection.afterId,
  );
  let found = 0;
  for (;;) {
    const asked: PageAsked = {
      select: (afterId) => ({ ...selection, afterId: afterId ?? selection.afterId }),
      fields,
      keyset,
      passed: found,
    };
    const reader = new PageReader(deps, asked, order, writer, signal);
    const page = await reader.read(settings.pageSize, () => undefined);
    found += page.read;
    if (!page.hasNext || page.read === 0) return { found, requestedAtMs: page.requestedAtMs };
  }
}
