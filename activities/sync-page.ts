import { log } from '@temporalio/activity';
import type { SyncPageInput, SyncPageResult } from '../contracts/activities.ts';
import type { Feed } from '../contracts/feed.ts';
import { BEGINNING, type SlicePosition } from '../contracts/progress.ts';
import { NO_COUNTS, type Counts } from '../contracts/window.ts';
import { attempt } from './attempt/attempt.ts';
import { requireConfig } from '../window/config-hash.ts';
import { shallowFields } from './threatconnect/deep-fields.ts';
import { findFeed, type Deps } from './attempt/deps.ts';
import type { Rejected } from './elasticsearch/reject-document.ts';
import { RejectStore } from './elasticsearch/reject-store.ts';
import { SourceContractError, TooManyRejectsError } from '../contracts/errors.ts';
import { lookAtOwners, whoVanished } from './threatconnect/look-at-owners.ts';
import { PageOrder } from './page/page-order.ts';
import { PageReader, type PageAsked, type PageRead } from './page/page-reader.ts';
import { provePage } from './page/prove-page.ts';
import { RecordWriter } from './page/record-writer.ts';
import { isOfNobody, toSelection } from './threatconnect/selection.ts';

/** A smaller page says nothing by its share of rejects. */
const REJECTS_JUDGED_FROM = 50;
/** Times that a list that is read by offsets is begun while it changes. */
const SHIFTED_PASSES_MAX = 3;

/**
 * Reads one page, maps it and writes it, while it arrives; or, where its slice is to be proven, lists it and
 * reads what is not stored.
 * Safe to repeat: a document's id comes from its content, so a second attempt finds it already there.
 */
export function syncPage(deps: Deps, input: SyncPageInput): Promise<SyncPageResult> {
  return attempt(async (signal, beat) => {
    const feed = findFeed(deps.feeds, input.feed);
    requireConfig(deps, feed, input.configHash);
    const { position, owners } = input;
    const nothing = { counts: NO_COUNTS, position };
    if (isOfNobody(toSelection(feed, input.slice, input.owners))) {
      return { ...nothing, ended: { missing: 0, settledMissing: 0 }, absentOwnerIds: [] };
    }
    try {
      const pageSize = beat.last?.pageSize ?? input.pageSize;
      const onSize = (size: number) => beat.send({ pageSize: size });
      const result = await readPage(deps, feed, input, { pageSize, onSize }, signal);
      // after the count: what was hidden from it is then seen to be absent
      if (owners === undefined) return result;
      return { ...result, absentOwnerIds: await lookAtOwners(deps.source, owners, signal) };
    } catch (error) {
      const absentOwnerIds = await whoVanished(error, deps.source, owners, signal);
      return { ...nothing, ended: null, absentOwnerIds };
    }
  });
}

type Size = { pageSize: number; onSize: (pageSize: number) => void };

async function readPage(
  deps: Deps,
  feed: Feed,
  input: SyncPageInput,
  { pageSize, onSize }: Size,
  signal: AbortSignal,
): Promise<SyncPageResult> {
  const { slice, position, runId, owners, keyset = true } = input;
  const isProof = (position.pass ?? 1) > 1;
  const order = new PageOrder(slice, position.cursor);
  const asked: PageAsked = {
    select: (afterId) => ({ ...toSelection(feed, slice, owners), afterId }),
    fields: input.deepFields === false ? shallowFields(feed.fields) : feed.fields,
    keyset,
    passed: position.read,
  };
  const run = { feed: feed.name, runId };
  const { written, ...page } = await RecordWriter.lend(deps, run, signal, async (writer) => {
    if (isProof) return provePage(deps, feed, asked, order, writer, pageSize, signal);
    const read = await new PageReader(deps, asked, order, writer, signal).read(pageSize, onSize);
    return { ...read, listed: read.read };
  });
  const { created, duplicate } = written;
  const rejects = written.rejects.map((reject) => withRange(reject, page, slice));
  const rejected = rejects.length;
  const { read, listed } = page;
  if (read !== created + duplicate + rejected) {
    throw new Error(`${read} records read, but ${created + duplicate + rejected} accounted for`);
  }
  const tooManyRejects = await keep(deps, input, { ...page, rejects }, signal);
  const counts: Counts = { pages: 1, read, created, duplicate, rejected };
  if (page.hasNext && listed > 0 && order.cursor === position.cursor) {
    throw new SourceContractError(`none of the ${listed} records of the page has an id`);
  }
  if (page.hasShifted) return startAgain(position, counts);
  const next: SlicePosition = {
    ...position,
    cursor: order.cursor,
    read: position.read + listed,
    settledRead: position.settledRead + order.settledRead,
  };
  return {
    counts,
    position: next,
    ended: page.hasNext ? null : await countMissing(deps, feed, input, next, signal),
    tooManyRejects,
    leftOut: page.leftOut,
    ...(isProof ? {} : { pageSize: page.pageSize }),
  };
}

/** A record whose id is not known can be read again by where it stands. */
function withRange(
  reject: Rejected,
  { gaps }: PageRead,
  { from, to, ownerIds }: SyncPageInput['slice'],
): Rejected {
  const gap = reject.indicatorId === null ? gaps.get(reject.position) : undefined;
  return gap === undefined ? reject : { ...reject, range: { from, to, ownerIds, ...gap } };
}

/**
 * Keeps what could not be written.
 * @returns whether it is too much of the page, and is accepted all the same
 * @throws {TooManyRejectsError} where it is not
 */
async function keep(
  { sink, settings, waiting }: Deps,
  { feed, runId, acceptRejects = false }: SyncPageInput,
  page: { rejects: readonly Rejected[]; read: number; requestedAtMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { rejects, read, requestedAtMs } = page;
  const { maxRejectsPercent, namespace } = settings;
  const isTooMany = hasTooManyRejects(rejects.length, read, maxRejectsPercent);
  if (isTooMany && !acceptRejects) {
    throw new TooManyRejectsError(
      `${rejects.length} of ${read} records of the page are rejected, more than TCSYNC_MAX_REJECTS_PERCENT ` +
        `(${maxRejectsPercent}); the first: ${rejects[0]?.reason}`,
    );
  }
  const store = new RejectStore(sink, namespace, waiting);
  await store.save(rejects, { feed, runId, requestedAtMs }, signal);
  for (const { indicatorId, position, reason } of rejects) {
    log.warn('record rejected', { indicatorId, position, reason });
  }
  return isTooMany;
}

/**
 * Records have left the list that is read by offsets, and others have moved up.
 * @throws {SourceContractError} where that happens again and again
 */
function startAgain({ pass = 1 }: SlicePosition, counts: Counts): SyncPageResult {
  if (pass >= SHIFTED_PASSES_MAX) {
    throw new SourceContractError('the records of a second change faster than they can be read');
  }
  return { counts, position: { ...BEGINNING, pass: pass + 1 }, ended: null };
}

/**
 * A few documents may be at fault; where many are refused it is the mapping, and to go on would leave the
 * records out.
 */
function hasTooManyRejects(rejected: number, read: number, maxPercent: number): boolean {
  return read >= REJECTS_JUDGED_FROM && rejected * 100 > read * maxPercent;
}

/** Asks once more how many records the slice has: every one still in it must have been read. */
async function countMissing(
  { source }: Deps,
  feed: Feed,
  { slice, owners }: SyncPageInput,
  { read, settledRead }: SlicePosition,
  signal: AbortSignal,
): Promise<{ missing: number; settledMissing: number }> {
  const count = (part: SyncPageInput['slice']) =>
    source.count(toSelection(feed, part, owners), signal);
  const missing = (await count(slice)) - read;
  if (missing <= 0) return { missing, settledMissing: 0 };
  if (slice.settledBefore >= slice.to) return { missing, settledMissing: missing };
  const settled = { ...slice, to: slice.settledBefore };
  const isEmpty = slice.from !== null && slice.from >= settled.to;
  return { missing, settledMissing: (isEmpty ? 0 : await count(settled)) - settledRead };
}
