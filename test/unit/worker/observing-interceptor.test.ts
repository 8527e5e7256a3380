import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { log } from '@temporalio/activity';
import { noopMetricMeter } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import type { SyncPageInput, SyncPageResult } from '../../../contracts/activities.ts';
import { createMetrics } from '../../../worker/metrics.ts';
import { observingInterceptor } from '../../../worker/observing-interceptor.ts';

const PAGE: SyncPageInput = {
  feed: 'default',
  runId: 'run',
  configHash: 'hash',
  slice: {
    from: '2026-01-01T00:00:00Z',
    to: '2026-02-01T00:00:00Z',
    ownerIds: null,
    settledBefore: '2026-02-01T00:00:00Z',
  },
  position: { cursor: '9007199254740993', read: 0, settledRead: 0, pass: 1, hidden: false },
  pageSize: 10,
  keyset: true,
  deepFields: true,
  acceptRejects: false,
  owners: { ids: [], all: true },
};
const WRITTEN: SyncPageResult = {
  counts: { pages: 1, read: 3, created: 2, duplicate: 1, rejected: 0 },
  position: PAGE.position,
  ended: null,
  tooManyRejects: false,
  pageSize: 10,
  leftOut: 0,
  absentOwnerIds: [],
};
const FROM = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };

describe('the log of an activity', () => {
  let lines: LogEntry[] = [];
  let committed: unknown[] = [];
  beforeEach(() => {
    lines = [];
    committed = [];
  });

  async function run(
    activityType: string,
    act: (...input: unknown[]) => Promise<unknown>,
    ...input: unknown[]
  ): Promise<void> {
    const metrics = createMetrics(noopMetricMeter, ['default']);
    const environment = new MockActivityEnvironment(
      { activityType, attempt: 2 },
      {
        logger: new DefaultLogger('INFO', (entry) => lines.push(entry)),
        interceptors: [
          observingInterceptor(metrics, { committed: (...commit) => committed.push(commit) }),
        ],
      },
    );
    await environment.run(act, ...input);
  }

  test('has in every line its run, activity, attempt, feed and page', async () => {
    const act = async () => {
      log.warn('record rejected', { indicatorId: '7' });
      return WRITTEN;
    };
    await run('syncPage', act, PAGE);
    assert.equal(lines.length, 2);
    for (const { meta } of lines) {
      assert.deepEqual(
        { ...meta, ...PLACE },
        meta,
        `${JSON.stringify(meta)} lacks one of ${JSON.stringify(PLACE)}`,
      );
      assert.ok(!('taskToken' in (meta ?? {})), 'with the token anybody could end the activity');
    }
  });

  test('is no obstacle for an activity without an argument', async () => {
    await run('listFeeds', async () => log.info('feeds listed'));
    assert.deepEqual(
      lines.map(({ message }) => message),
      ['feeds listed'],
    );
  });

  test('has one line for a page that is written, with its counts', async () => {
    await run('syncPage', async () => WRITTEN, PAGE);
    const [line] = lines;
    assert.equal(line?.message, 'page written');
    assert.equal(line.level, 'INFO');
    const { read, created, duplicate, rejected, sliceEnded, tookMs } = line.meta ?? {};
    assert.deepEqual(
      { read, created, duplicate, rejected, sliceEnded },
      { read: 3, created: 2, duplicate: 1, rejected: 0, sliceEnded: false },
    );
    assert.ok(Number.isInteger(tookMs));
  });

  test('has one line for the saved progress of a run that does not finish', async () => {
    const counts = { pages: 1, read: 3, created: 2, duplicate: 1, rejected: 0 };
    const progress = { window: FROM, counts, expected: 9 };
    await run('saveProgress', async () => undefined, { feed: 'default', runId: 'run', progress });
    await run('checkpointWindow', async () => undefined, { feed: 'default', to: FROM.to });
    assert.deepEqual(
      lines.map(({ message }) => message),
      ['progress saved', 'checkpoint made'],
    );
    assert.equal(lines[0]?.meta?.expected, 9);
    assert.equal(lines[1]?.meta?.to, FROM.to);
  });

  test('has one line for a window that is opened, and for one that is committed', async () => {
    const opened = { window: FROM, kind: 'next', expected: 3, pageSize: 10, lanes: 2 };
    await run('openWindow', async () => opened, { feed: 'a' });
    const commit = { feed: 'a', opened, counts: WRITTEN.counts, late: 0 };
    await run('commitWindow', async () => ({ watermark: FROM.to }), commit);
    assert.deepEqual(
      lines.map(({ message, meta }) => [message, meta?.feed, meta?.from, meta?.to]),
      [
        ['window opened', 'a', FROM.from, FROM.to],
        ['window committed', 'a', FROM.from, FROM.to],
      ],
    );
    assert.equal(lines[1]?.meta?.watermark, FROM.to);
    assert.deepEqual(committed, [['a', FROM.to]], 'its age is told at once');
  });
});

const PLACE = {
  workflowId: 'test',
  workflowRunId: '00000000-0000-0000-0000-000000000000',
  activityType: 'syncPage',
  attempt: 2,
  feed: 'default',
  ...FROM,
  cursor: '9007199254740993',
};
