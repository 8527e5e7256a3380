import type { OpenedWindow, OpenWindowInput } from '../contracts/activities.ts';
import { dataStream, stateIndex } from '../contracts/names.ts';
import { decideWindow } from '../window/decide-window.ts';
import { isBackfilled } from '../window/is-backfilled.ts';
import { attempt } from './attempt/attempt.ts';
import { findFeed, type Deps } from './attempt/deps.ts';
import { StateStore } from './elasticsearch/state-store.ts';
import { ensureStream } from './elasticsearch/stream-identity.ts';
import { refuseSecondRun } from './temporal/refuse-second-run.ts';
import { FeedSource } from './threatconnect/feed-source.ts';

/**
 * Decides what a run reads, and binds the namespace to the ThreatConnect instance.
 * @throws {RunUnderWayError} if another run of the feed reads the latest changes already
 */
export function openWindow(deps: Deps, input: OpenWindowInput): Promise<OpenedWindow> {
  return attempt(async (signal) => {
    const { sink, settings } = deps;
    const feed = findFeed(deps.feeds, input.feed);
    if (!hasExplicitWindow(input)) await refuseSecondRun(deps.temporal, input, signal);
    await deps.server(signal); // refuses a server that is too old
    const source = new FeedSource(deps.source, feed, signal);
    const store = new StateStore(sink, stateIndex(settings.namespace));
    await store.claimInstance(source.url, signal);
    const standing = await store.read(feed.name, signal);
    const stream = await ensureStream(sink, dataStream(settings.namespace), signal);
    return decideWindow(source, settings, { feed, ...standing, stream, input });
  });
}

function hasExplicitWindow({ from, scheduledAt, startedAt }: OpenWindowInput): boolean {
  if (from !== null) return true;
  return scheduledAt !== null && isBackfilled(Date.parse(scheduledAt), Date.parse(startedAt));
}
