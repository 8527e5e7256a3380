import type { SyncPageInput, SyncPageResult } from '../../contracts/activities.ts';
import type { Counts } from '../../contracts/counts.ts';
import { SourceContractError } from '../../contracts/errors.ts';
import type { Feed } from '../../contracts/feed.ts';
import { BEGINNING, type SlicePosition } from '../../contracts/progress.ts';
import type { Deps } from '../attempt/deps.ts';
import type { Rejected } from '../elasticsearch/reject-document.ts';
import { shallowFields } from '../threatconnect/deep-fields.ts';
import { FeedSource } from '../threatconnect/feed-source.ts';
import { lookAtOwners } from '../threatconnect/look-at-owners.ts';
import { toSelection } from '../threatconnect/selection.ts';
import { countMissing } from './count-missing.ts';
import { keepRejects } from './keep-rejects.ts';
import { PageOrder } from './page-order.ts';
import { PageReader, type PageAsked, type PageRead } from './page-reader.ts';
import { provePage } from './prove-page.ts';
import { RecordWriter } from './record-writer.ts';

/** A list that is read by offsets is begun this often while it changes. */
const SHIFTED_PASSES_MAX = 3;

/**
 * Copies one page of a slice, or proves it, and accounts for every record of it.
 *
 * @param size number of records to begin with; `onSize` is called with each smaller size before it is tried
 */
export async function copyPage(
  deps: Deps,
  feed: Feed,
  input: SyncPageInput,
  size: { pageSize: number; onSize: (pageSize: number) => void },
  signal: AbortSignal,
): Promise<SyncPageResult> {
  const { slice, position, owners } = input;
  const isProof = position.pass > 1;
  const order = new PageOrder(slice, position.cursor);
  const asked: PageAsked = {
    select: (afterId) => ({ ...toSelection(feed, slice, owners), afterId }),
    fields: input.deepFields ? feed.fields : shallowFields(feed.fields),
    keyset: input.keyset,
    passed: position.read,
  };
  const run = { feed: feed.name, runId: input.runId };
  const { written, ...page } = await RecordWriter.lend(deps, run, signal, async (writer) => {
    if (isProof) {
      const { configHash } = input;
      const { pageSize } = size;
      return provePage(deps, { feed, configHash }, { asked, order, pageSize }, writer, signal);
    }
    const reader = new PageReader(deps, asked, order, writer, signal);
    const read = await reader.read(size.pageSize, size.onSize);
    return { ...read, listed: read.read };
  });
  const { created, duplicate, ended, inactive } = written;
  const rejects = written.rejects.map((reject) => withRange(reject, page, slice));
  // between the page and the count: an owner that was hidden from both would not be missed by the count, and for each of
  // them alone it is visible here or the count differs
  const absentOwnerIds = await lookAtOwners(deps.source, owners, signal);
  const { read, listed } = page;
  const accounted = created + duplicate + rejects.length + ended + inactive;
  if (read !== accounted) throw new Error(`${read} records read, but ${accounted} accounted for`);
  const tooManyRejects = await keepRejects(deps, input, { ...page, rejects }, signal);
  const copied = {
    counts: {
      pages: 1,
      read,
      created,
      duplicate,
      rejected: rejects.length,
      ended,
      inactive,
    } satisfies Counts,
    tooManyRejects,
    absentOwnerIds,
    leftOut: page.leftOut,
    pageSize: isProof ? input.pageSize : page.pageSize,
  };
  if (page.hasNext && listed > 0 && order.cursor === position.cursor) {
    throw new SourceContractError(`none of the ${listed} records of the page has an id`);
  }
  if (page.hasShifted) return { ...copied, position: nextPass(position), ended: null };
  const next: SlicePosition = {
    ...position,
    cursor: order.cursor,
    read: position.read + listed,
    settledRead: position.settledRead + order.settledRead,
  };
  const source = new FeedSource(deps.source, feed, signal);
  const missing = page.hasNext ? null : await countMissing(source, slice, owners, next);
  return { ...copied, position: next, ended: missing };
}

/** A record without a known id can be read again by its place in the slice. */
function withRange(
  reject: Rejected,
  { gaps }: PageRead,
  { from, to, ownerIds }: SyncPageInput['slice'],
): Rejected {
  const gap = reject.indicatorId === null ? gaps.get(reject.position) : undefined;
  return gap === undefined ? reject : { ...reject, range: { from, to, ownerIds, ...gap } };
}

/**
 * Records have left a list that is read by offsets, and the others have moved up: the slice is read again from its
 * beginning.
 * @throws {SourceContractError} if that happens again and again
 */
function nextPass({ pass }: SlicePosition): SlicePosition {
  if (pass >= SHIFTED_PASSES_MAX) {
    throw new SourceContractError('the records of a second change faster than they can be read');
  }
  return { ...BEGINNING, pass: pass + 1 };
}
