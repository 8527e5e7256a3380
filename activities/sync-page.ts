import { log } from '@temporalio/activity';
import { dataStream } from '../contracts/names.ts';
import type { SyncPageInput, SyncPageResult } from '../contracts/sync-feed.ts';
import type { Feed } from '../contracts/feed.ts';
import { mapRecord } from '../mapping/map-record.ts';
import { attempt } from './attempt.ts';
import { requireConfig } from './config-hash.ts';
import { findFeed, type Deps } from './deps.ts';
import { BulkWriter } from './elasticsearch/bulk-writer.ts';
import { SourceContractError, TooManyRejectsError } from './errors.ts';
import { PageOrder } from './page-order.ts';
import { toSelection } from './selection.ts';

/** A smaller page says nothing by its share of rejects. */
const REJECTS_JUDGED_FROM = 50;

/**
 * Reads one page, maps it and writes it, while it arrives.
 * Safe to repeat: a document's id comes from its content, so a second attempt finds it already there.
 */
export function syncPage(deps: Deps, input: SyncPageInput): Promise<SyncPageResult> {
  return attempt(async (signal) => {
    const { source, sink, settings } = deps;
    const { slice, position } = input;
    const feed = findFeed(deps.feeds, input.feed);
    requireConfig(deps, feed, input.configHash);
    const order = new PageOrder(slice, position.cursor);
    const writer = new BulkWriter(sink, dataStream(settings.namespace), signal);
    let read = 0;
    let unmappable = 0;
    const page = await source.page(
      toSelection(feed, slice, position.cursor),
      feed.fields,
      input.pageSize,
      async (records, requestedAtMs) => {
        const reading = { feed: feed.name, runId: input.runId, requestedAtMs };
        for (const record of records) {
          read += 1;
          const mapped = mapAt(read, () =>
            mapRecord(record.text, record.plainNumbers, settings, reading),
          );
          if (mapped.kind === 'unmappable') {
            unmappable += 1;
            reject(feed, read, mapped);
          } else {
            const lastModifiedMs =
              mapped.lastModified === null ? null : Date.parse(mapped.lastModified);
            order.accept(mapped.indicatorId, lastModifiedMs, read);
            await writer.add(mapped);
          }
        }
      },
      signal,
    );
    const { created, duplicate, rejects } = await writer.finish();
    for (const { indicatorId, reason } of rejects) reject(feed, null, { indicatorId, reason });
    const rejected = unmappable + rejects.length;
    if (read !== created + duplicate + rejected) {
      throw new Error(`${read} records read, but ${created + duplicate + rejected} accounted for`);
    }
    requireFewRejects(rejected, read, settings.maxRejectsPercent);
    if (page.hasNext && read > 0 && order.cursor === position.cursor) {
      throw new SourceContractError(`none of the ${read} records of the page has an id`);
    }
    const next = {
      ...position,
      cursor: order.cursor,
      read: position.read + read,
      settledRead: position.settledRead + order.settledRead + unmappable,
    };
    return {
      counts: { pages: 1, read, created, duplicate, rejected },
      position: next,
      ended: page.hasNext && read > 0 ? null : await countMissing(deps, feed, input, next, signal),
    };
  });
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

/** A record whose text is not JSON makes the page no JSON, although its braces match. */
function mapAt<T>(position: number, map: () => T): T {
  try {
    return map();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SourceContractError(`record ${position} of the page is not JSON`);
  }
}

/**
 * A few documents may be at fault; where many are refused it is the mapping, and to go on would leave the
 * records out for good.
 */
function requireFewRejects(rejected: number, read: number, maxPercent: number): void {
  if (read < REJECTS_JUDGED_FROM || rejected * 100 <= read * maxPercent) return;
  throw new TooManyRejectsError(
    `${rejected} of ${read} records of the page are rejected, more than TCSYNC_MAX_REJECTS_PERCENT (${maxPercent}); ` +
      "the worker's log names each with its reason",
  );
}

function reject(
  feed: Feed,
  position: number | null,
  { indicatorId, reason }: { indicatorId: string | null; reason: string },
): void {
  log.warn('record rejected', { feed: feed.name, indicatorId, position, reason });
}
