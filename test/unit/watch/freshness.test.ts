import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedSchedule } from '../../../contracts/feed.ts';
import type { FeedState } from '../../../contracts/feed-state.ts';
import type { RunLook } from '../../../watch/look-at-run.ts';
import { judgeFeed } from '../../../watch/judge-feed.ts';

const CRON: FeedSchedule = {
  crons: [{ text: '0 6 * * MON-FRI', calendars: [] }],
  timezone: 'UTC',
};
const MINUTE = 60_000;
const FRIDAY = Date.UTC(2026, 0, 23, 6);
const SUNDAY = Date.UTC(2026, 0, 25, 18);
const MONDAY = Date.UTC(2026, 0, 26, 6);

/** What is said about the freshness of a feed with this watermark. */
function said(
  schedule: FeedSchedule,
  {
    nowMs,
    writtenMs,
    dueMs,
    running = [],
  }: { nowMs: number; writtenMs: number; dueMs: number | null; running?: RunLook[] },
): string[] {
  const dueAt = dueMs === null ? null : new Date(dueMs).toISOString();
  const state = {
    watermark: new Date(writtenMs).toISOString(),
    stream: [],
    last_run: null,
  } as unknown as FeedState;
  const found = judgeFeed(
    {
      name: 'default',
      stored: { name: 'default', state, unfinished: null },
      openRejects: null,
      stream: null,
      temporal: {
        schedule: {
          id: 'tcsync/default/default',
          paused: false,
          note: null,
          nextRunAt: new Date(MONDAY).toISOString(),
          lastRunAt: null,
          dueAt,
        },
        running,
        failed: null,
      },
    },
    {
      namespace: 'default',
      schedule,
      safetyLagMs: MINUTE,
      nowMs,
      place: { namespace: 'default', address: null },
    },
  );
  return found.filter(({ kind }) => kind === 'freshness').map(({ what }) => what);
}

test('a feed that is read on weekdays is not old at the weekend', () => {
  assert.deepEqual(said(CRON, { nowMs: SUNDAY, writtenMs: FRIDAY - MINUTE, dueMs: FRIDAY }), []);
});

test('a feed is old if the run of its last slot is missing, although the one before was in time', () => {
  const nowMs = MONDAY + 31 * MINUTE;
  assert.deepEqual(said(CRON, { nowMs, writtenMs: FRIDAY - MINUTE, dueMs: MONDAY }), [
    'records that were modified in the last 3 days are not in Elasticsearch: the run of 2026-01-26T06:00:00.000Z is missing',
  ]);
  assert.deepEqual(said(CRON, { nowMs, writtenMs: MONDAY - MINUTE, dueMs: MONDAY }), []);
});

test('a feed whose calendar had no slot yet is not old', () => {
  assert.deepEqual(said(CRON, { nowMs: SUNDAY, writtenMs: 0, dueMs: null }), []);
});

test('a feed with an interval is old after three of them', () => {
  const hourly = { everyMs: 60 * MINUTE };
  const after = (minutes: number) =>
    said(hourly, { nowMs: SUNDAY, writtenMs: SUNDAY - minutes * MINUTE, dueMs: null }).length;
  assert.deepEqual([after(180), after(181)], [0, 1]);
});

test('a run that reads the latest changes makes a feed fresh soon; an explicit window or a backfill does not', () => {
  const run = (isApart: boolean) => ({ isApart, failingTask: null, paused: null, failing: null });
  const whileRunning = (isApart: boolean) =>
    said(
      { everyMs: MINUTE },
      { nowMs: SUNDAY, writtenMs: FRIDAY, dueMs: null, running: [run(isApart) as RunLook] },
    ).length;
  assert.deepEqual([whileRunning(false), whileRunning(true)], [0, 1]);
});
