import type { Feed } from '../../contracts/feed.ts';
import { stateIndex } from '../../contracts/names.ts';
import type { Deps } from '../attempt/deps.ts';
import { newestModified, type StoredModified } from '../elasticsearch/newest-versions.ts';
import { RejectStore } from '../elasticsearch/reject-store.ts';
import { StateStore } from '../elasticsearch/state-store.ts';
import { untilRefreshed } from '../elasticsearch/until-refreshed.ts';
import { endsInactive } from './end-inactive.ts';
import { IdList, type Listed } from './id-list.ts';
import { AT_ANY_TIME, PageOrder } from './page-order.ts';
import { PageReader, type PageAsked, type PageRead } from './page-reader.ts';
import type { RecordWriter } from './record-writer.ts';

/** Number of records that are requested by id at a time. */
const FETCHED = 500;
/** Number of ids in one search of Elasticsearch, which returns 10,000 hits at most. */
const LOOKED_UP = 5_000;

/**
 * Lists the ids of a page, without fields, and reads the records that are not stored, neither in that version or a
 * newer one nor as a reject, and those that are active again or no longer. That proves a slice. A count does not,
 * since a record that has left the slice hides a missing one. After a changed configuration all listed records are
 * read: the stored documents may have the old form.
 *
 * @param run the run that proves its slice
 * @param page the page to list
 * @returns the page as it was listed, but `read` counts the records that were read and given to the writer, and
 *   `leftOut` those that did not come
 */
export async function provePage(
  deps: Deps,
  run: { feed: Feed; configHash: string },
  { asked, order, pageSize }: { asked: PageAsked; order: PageOrder; pageSize: number },
  writer: RecordWriter,
  signal: AbortSignal,
): Promise<PageRead & { listed: number }> {
  const ids = new IdList(writer);
  const onSize = () => undefined;
  const list = new PageReader(deps, { ...asked, fields: [] }, order, ids, signal);
  const page = await list.read(pageSize, onSize);
  const missing = (await isChanged(deps, run, signal))
    ? [...ids.listed.keys()]
    : await notStored(deps, run.feed, ids.listed, signal);
  let read = ids.setAside;
  let { leftOut } = page;
  while (missing.length > 0) {
    const some = missing.splice(0, Math.min(FETCHED, pageSize));
    const ofThem: PageAsked = {
      ...asked,
      passed: 0,
      select: (afterId) => ({ ...asked.select(afterId), from: null, to: null, ids: some }),
    };
    const orderOfThem = new PageOrder(AT_ANY_TIME, null);
    leftOut += some.length;
    for (let hasNext = true; hasNext;) {
      const reader = new PageReader(deps, ofThem, orderOfThem, writer, signal);
      const fetched = await reader.read(some.length, onSize);
      ofThem.passed += fetched.read;
      read += fetched.read;
      leftOut += fetched.leftOut - fetched.read;
      hasNext = fetched.hasNext && fetched.read > 0;
    }
  }
  return { ...page, read, leftOut, listed: page.read };
}

/** True if the last commit was made under another configuration: it stays in the state until all of the feed is read. */
async function isChanged(
  { sink, settings }: Deps,
  { feed, configHash }: { feed: Feed; configHash: string },
  signal: AbortSignal,
): Promise<boolean> {
  const store = new StateStore(sink, stateIndex(settings.namespace));
  const { state } = await store.readFeed(feed.name, signal);
  return state !== null && state.config_hash !== configHash;
}

async function notStored(
  { sink, settings, waiting }: Deps,
  feed: Feed,
  listed: ReadonlyMap<string, Listed>,
  signal: AbortSignal,
): Promise<string[]> {
  const { namespace } = settings;
  const ends = endsInactive(settings);
  const rejects = new RejectStore(sink, namespace);
  const missingOf = async (ids: readonly string[]) => {
    const stored = new Map<string, StoredModified>();
    for (let at = 0; at < ids.length; at += LOOKED_UP) {
      const some = ids.slice(at, at + LOOKED_UP);
      for (const found of await newestModified(sink, namespace, some, signal)) stored.set(...found);
    }
    const unstored = ids.filter((id) => {
      const is = listed.get(id);
      const was = stored.get(id);
      if (was === undefined || is === undefined) return true;
      if (ends && (is.isInactive || was.isTombstone)) return is.isInactive !== was.isTombstone;
      return (is.lastModifiedMs ?? 0) > (was.lastModifiedMs ?? 0);
    });
    const aside = await rejects.openAmong(feed.name, unstored, signal);
    return unstored.filter((id) => !aside.has(id));
  };
  const missing = await missingOf([...listed.keys()]);
  if (missing.length === 0) return missing;
  await untilRefreshed(waiting, signal);
  return missingOf(missing);
}
