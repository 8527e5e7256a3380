import { log } from '@temporalio/activity';
import { dataStream } from '../contracts/names.ts';
import type { SyncPageInput, SyncPageResult } from '../contracts/sync-feed.ts';
import type { Feed } from '../contracts/feed.ts';
import { toDocument } from '../mapping/to-document.ts';
import { attempt } from './attempt.ts';
import { findFeed, type Deps } from './deps.ts';
import { BulkWriter } from './elasticsearch/bulk-writer.ts';
import { SourceContractError } from './errors.ts';
import { PageOrder } from './page-order.ts';
import { toSelection } from './selection.ts';

/**
 * Reads one page, maps it and writes it, while it arrives.
 * Safe to repeat: a document's id comes from its content, so a second attempt finds it already there.
 */
export function syncPage(deps: Deps, input: SyncPageInput): Promise<SyncPageResult> {
  return attempt(async (signal) => {
    const { source, sink, settings } = deps;
    const { slice, position } = input;
    const feed = findFeed(deps.feeds, input.feed);
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
          const mapped = parsed(read, () =>
            toDocument(record.text, record.plainNumbers, settings, reading),
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

/** A record's text is not JSON: so is the page, although its braces match. */
function parsed<T>(position: number, map: () => T): T {
  try {
    return map();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SourceContractError(`record ${position} of the page is not JSON`);
  }
}

function reject(
  feed: Feed,
  position: number | null,
  { indicatorId, reason }: { indicatorId: string | null; reason: string },
): void {
  log.warn('record rejected', { feed: feed.name, indicatorId, position, reason });
}
