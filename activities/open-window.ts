import type { OpenedWindow, OpenWindowInput } from '../contracts/activities.ts';
import { dataStream, stateIndex } from '../contracts/names.ts';
import type { Slot } from '../window/choose-window.ts';
import { decideWindow } from '../window/decide-window.ts';
import { isBackfilled } from '../window/is-backfilled.ts';
import { attempt } from './attempt/attempt.ts';
import { findFeed, type Deps } from './attempt/deps.ts';
import { FLEET_TEMPLATE } from './elasticsearch/assets/takeover/fleet-package.ts';
import { STREAM_TEMPLATE } from './elasticsearch/assets/stream/stream-template.ts';
import { StateStore } from './elasticsearch/state-store.ts';
import { ensureStream } from './elasticsearch/stream-identity.ts';
import { refuseSecondRun } from './temporal/refuse-second-run.ts';
import type { TemporalQuestions } from './temporal/temporal.ts';
import { FeedSource } from './threatconnect/feed-source.ts';

/**
 * Decides what a run reads, and binds the namespace to the ThreatConnect instance.
 * @throws {RunUnderWayError} if another run of the feed reads the latest changes already
 */
export function openWindow(deps: Deps, input: OpenWindowInput): Promise<OpenedWindow> {
  return attempt(async (signal) => {
    const { sink, settings } = deps;
    const feed = findFeed(deps.feeds, input.feed);
    const slot = backfilledSlot(input);
    if (input.from === null && slot === null) await refuseSecondRun(deps.temporal, input, signal);
    await deps.server(signal); // refuses a server that is too old
    const source = new FeedSource(deps.source, feed, signal);
    const store = new StateStore(sink, stateIndex(settings.namespace));
    await store.claimInstance(source.url, signal);
    const standing = await store.read(feed.name, signal);
    const template = settings.assets === 'feed-only' ? FLEET_TEMPLATE : STREAM_TEMPLATE;
    const stream = await ensureStream(sink, dataStream(settings.namespace), template, signal);
    return decideWindow(source, settings, {
      feed,
      ...standing,
      stream,
      input,
      slot: slot && (await withPrevious(deps.temporal, slot, signal)),
    });
  });
}

type BackfilledSlot = { scheduleId: string; atMs: number };

/** The slot whose interval a run reads; `null` for other runs, and if a person asks for a window. */
function backfilledSlot(input: OpenWindowInput): BackfilledSlot | null {
  const { from, scheduleId, scheduledAt, startedAt } = input;
  if (from !== null || scheduleId === null || scheduledAt === null) return null;
  const atMs = Date.parse(scheduledAt);
  return isBackfilled(atMs, Date.parse(startedAt)) ? { scheduleId, atMs } : null;
}

async function withPrevious(
  temporal: TemporalQuestions,
  { scheduleId, atMs }: BackfilledSlot,
  signal: AbortSignal,
): Promise<Slot> {
  return { atMs, previousMs: await temporal.previousSlot(scheduleId, atMs, signal) };
}
