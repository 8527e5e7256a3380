import assert from 'node:assert/strict';
import { configHash } from '../../../window/config-hash.ts';
import type { SyncPageInput } from '../../../contracts/activities.ts';
import { BEGINNING } from '../../../contracts/progress.ts';
import type { Slice } from '../../../contracts/window.ts';
import { dataStream } from '../../../contracts/names.ts';
import { openInput } from '../../open-input.ts';
import type { Stage } from '../../stage.ts';

/** The whole feed, with all records settled. */
export const SLICE: Slice = {
  from: null,
  to: '2100-01-01T00:00:00Z',
  ownerIds: null,
  settledBefore: '2100-01-01T00:00:00Z',
};

/** Reads the whole feed and commits it, without Temporal. */
export async function loadWhole(set: Stage): Promise<void> {
  const opened = await set.run('openWindow', openInput());
  const { counts } = await set.run('syncPage', wholeFeed(set));
  await set.run('commitWindow', {
    feed: 'default',
    runId: 'run',
    opened,
    counts,
    late: 0,
    attention: [],
  });
  // so that it can be searched
  await set.sink.indices.refresh({ index: dataStream(set.config.program.namespace) });
}

/** The first page of the whole feed as one slice. */
export function wholeFeed({ deps }: Stage): SyncPageInput {
  const [feed] = deps.feeds;
  assert.ok(feed !== undefined);
  return {
    configHash: configHash(deps.source.url, feed, deps.settings),
    feed: feed.name,
    runId: 'run-1',
    slice: SLICE,
    position: BEGINNING,
    pageSize: 10_000,
    keyset: true,
    deepFields: true,
    acceptRejects: false,
    owners: { ids: [], all: true },
  };
}
