import { log } from '@temporalio/activity';
import type { SyncPageInput, SyncPageResult } from '../contracts/activities.ts';
import type { SlicePosition } from '../contracts/progress.ts';
import type { Counts } from '../contracts/window.ts';
import type { Feed } from '../contracts/feed.ts';
import { attempt } from './attempt.ts';
import { requireConfig } from './config-hash.ts';
import { findFeed, type Deps } from './deps.ts';
import { RejectStore } from './elasticsearch/reject-store.ts';
import { SourceContractError, TooManyRejectsError } from './errors.ts';
import { PageOrder } from './page-order.ts';
import { PageReader } from './page-reader.ts';
import { RecordWriter } from './record-writer.ts';
import { toSelection } from './selection.ts';

/** A smaller page says nothing by its share of rejects. */
const REJECTS_JUDGED_FROM = 50;

/**
 * Reads one page, maps it and writes it, while it arrives.
 * Safe to repeat: a document's id comes from its content, so a second attempt finds it already there.
 */
export function syncPage(deps: Deps, input: SyncPageInput): Promise<SyncPageResult> {
  return attempt(async (signal, beat) => {
    const { settings } = deps;
    const { slice, position, runId } = input;
    const feed = findFeed(deps.feeds, input.feed);
    requireConfig(deps, feed, input.configHash);
    const order = new PageOrder(slice, position.cursor);
    const run = { feed: feed.name, runId };
    const { written, ...page } = await RecordWriter.lend(deps, run, signal, (writer) =>
      new PageReader(deps, feed, input, order, writer, signal).read(
        beat.last?.pageSize ?? input.pageSize,
        (pageSize) => beat.send({ pageSize }),
      ),
    );
    const { read, requestedAtMs } = page;
    const { created, duplicate, rejects } = written;
    const rejected = rejects.length;
    if (read !== created + duplicate + rejected) {
      throw new Error(`${read} records read, but ${created + duplicate + rejected} accounted for`);
    }
    const isTooMany = hasTooManyRejects(rejected, read, settings.maxRejectsPercent);
    if (isTooMany && input.acceptRejects !== true) {
      throw new TooManyRejectsError(
        `${rejected} of ${read} records of the page are rejected, more than TCSYNC_MAX_REJECTS_PERCENT ` +
          `(${settings.maxRejectsPercent}); the first: ${rejects[0]?.reason}`,
      );
    }
    await new RejectStore(deps.sink, settings.namespace).save(
      rejects,
      { ...run, requestedAtMs },
      signal,
    );
    for (const { indicatorId, position: at, reason } of rejects) {
      log.warn('record rejected', { indicatorId, position: at, reason });
    }
    const counts = { pages: 1, read, created, duplicate, rejected };
    if (page.hasNext && read > 0 && order.cursor === position.cursor) {
      throw new SourceContractError(`none of the ${read} records of the page has an id`);
    }
    if (page.hasShifted) return startAgain(position, counts);
    const next = {
      ...position,
      cursor: order.cursor,
      read: position.read + read,
      settledRead: position.settledRead + order.settledRead,
    };
    return {
      counts,
      position: next,
      ended: page.hasNext ? null : await countMissing(deps, feed, input, next, signal),
      tooManyRejects: isTooMany,
      pageSize: page.pageSize,
    };
  });
}

/**
 * Records have left the list that is read by offsets, and others have moved up.
 * @throws {SourceContractError} where that happens for the second time
 */
function startAgain({ again }: SlicePosition, counts: Counts): SyncPageResult {
  if (again) {
    throw new SourceContractError('the records of a second change faster than they can be read');
  }
  const position = { cursor: null, read: 0, settledRead: 0, again: true };
  return { counts, position, ended: null };
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
  { slice }: SyncPageInput,
  { read, settledRead }: SyncPageInput['position'],
  signal: AbortSignal,
): Promise<{ missing: number; settledMissing: number }> {
  const missing = (await source.count(toSelection(feed, slice), signal)) - read;
  if (missing <= 0) return { missing, settledMissing: 0 };
  if (slice.settledBefore >= slice.to) return { missing, settledMissing: missing };
  const settled = { ...slice, to: slice.settledBefore };
  const empty = slice.from !== null && slice.from >= settled.to;
  const count = empty ? 0 : await source.count(toSelection(feed, settled), signal);
  return { missing, settledMissing: count - settledRead };
}
