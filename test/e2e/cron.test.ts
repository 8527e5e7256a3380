import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { CronExpressionParser } from 'cron-parser';
import { msToTs, requiredTsToMs } from '@temporalio/common/lib/time.js';
import { previousSlotOf } from '../../activities/temporal/previous-slot.ts';
import type { Status } from '../../client/status/make-status.ts';
import { timesText, toTimes } from '../../client/schedule-times.ts';
import { parseCron } from '../../config/cron.ts';
import { Fault } from '../../config/fault.ts';
import { toInstant } from '../../contracts/instant.ts';
import { BadInputError } from '../../contracts/errors.ts';
import type { SyncFeedResult } from '../../contracts/sync-feed-input.ts';
import { until } from '../stage.ts';
import { tcsync } from '../tcsync.ts';
import { startLine, type Line } from './line.ts';

const ID = 'tcsync/default/default';
const ZONE = 'Europe/Berlin';
const WANTED = `0 6 * * MON-FRI; 30 9 1,15 * *, time zone ${ZONE}`;
const run = promisify(execFile);

describe('a feed with cron expressions', () => {
  let line: Line;
  before(async () => {
    line = await startLine({
      records: 2_000,
      env: {
        TCSYNC_SYNC_EVERY: '',
        TCSYNC_SYNC_CRON: '0 6 * * MON-FRI; 30 9 1,15 * *',
        TCSYNC_TIMEZONE: ZONE,
      },
    });
    assert.equal((await tcsync(['apply'], line.env)).code, 0);
    assert.equal((await tcsync(['run'], line.env)).code, 0);
    // no slot of its own interrupts the test
    await line.temporal.schedule.getHandle(ID).pause('by the test');
  });
  after(() => line.stop());

  async function times(): Promise<string> {
    return timesText((await line.temporal.schedule.getHandle(ID).describe()).spec);
  }

  async function watermark(): Promise<string | undefined> {
    const { _source } = await line.elasticsearch.get<{ watermark: string }>({
      index: 'tcsync-state-default',
      id: 'feed:default',
    });
    return _source?.watermark;
  }

  test('has a Schedule with its times, which a second `apply` leaves as it is', async () => {
    assert.equal(await times(), WANTED);
    const { stdout } = await tcsync(['apply'], line.env);
    assert.match(stdout, /^ok +Schedule tcsync\/default\/default$/m);
    const status = JSON.parse((await tcsync(['status', '--json'], line.env)).stdout) as Status;
    assert.equal(status.feeds[0]?.schedule?.dueAt, null, 'no slot was due since it was created');
  });

  test('a calendar that a person changed is shown, and only `apply` replaces it', async () => {
    await line.temporal.schedule.getHandle(ID).update((previous) => ({
      ...previous,
      spec: { cronExpressions: ['0 7 1-7 * MON'], timezone: 'UTC', jitter: '5m' },
    }));
    const changed = '0 7 1-7 * MON (only if both days match), jitter 5m, time zone UTC';
    const shown = `  times: ${changed} → ${WANTED}\n`;
    await until('the change is visible', async () => (await times()) === changed);
    assert.equal(await line.processes.tcsync(['run'], line.env), 0);
    const dry = await tcsync(['apply', '--dry-run'], line.env);
    assert.match(dry.stdout, /^differs +Schedule /m);
    assert.ok(dry.stdout.includes(shown), dry.stdout);
    assert.equal(await times(), changed);
    const { stdout } = await tcsync(['apply'], line.env);
    assert.match(stdout, /^updated +Schedule /m);
    assert.ok(stdout.includes(shown), stdout);
    assert.equal(await times(), WANTED);
    const { state } = await line.temporal.schedule.getHandle(ID).describe();
    assert.equal(state.paused, true);
  });

  test('`temporal schedule backfill` reads each slot from the slot before it, over a change of the clocks, and does not move the watermark', async () => {
    const { cli, address } = line.server;
    assert.ok(cli !== null);
    // some of them at the very second of a slot
    const modified = Array.from({ length: 70 }, (_, index) =>
      toInstant(Date.UTC(2025, 2, 27) + index * 150 * 60_000),
    );
    const truth = await line.source.lines<{ id: string; active: boolean }>('/_sim/truth');
    const active = truth.filter((record) => record.active);
    await line.source.post('/_sim/mutate', {
      changes: modified.map((lastModified, index) => ({
        op: 'update',
        id: active[index]?.id,
        set: { lastModified },
      })),
    });
    const before = await watermark();
    assert.ok(before !== undefined);
    const range = ['--start-time', '2025-03-28T00:00:00Z', '--end-time', '2025-04-02T04:00:00Z'];
    const backfill = ['schedule', 'backfill', '-s', ID, '--overlap-policy', 'BufferAll', ...range];
    await run(cli, [...backfill, '--address', address]);
    const previous = '2025-03-27T05:00:00Z';
    const slots = [
      '2025-03-28T05:00:00Z',
      '2025-03-31T04:00:00Z', // the first Monday of summer time
      '2025-04-01T04:00:00Z',
      '2025-04-01T07:30:00Z',
      '2025-04-02T04:00:00Z',
    ];
    const results: SyncFeedResult[] = [];
    for (const slot of slots) {
      const handle = line.temporal.workflow.getHandle(`${ID}-${slot}`);
      await until(`the run of ${slot} has begun`, () =>
        handle.describe().then(
          () => true,
          () => false, // not found
        ),
      );
      results.push((await handle.result()) as SyncFeedResult);
    }
    assert.deepEqual(
      results.map(({ window }) => window),
      slots.map((to, index) => ({ from: slots[index - 1] ?? previous, to })),
    );
    const ends = [previous, ...slots];
    assert.deepEqual(
      results.map(({ counts }) => counts.read),
      slots.map(
        (to, index) => modified.filter((at) => (ends[index] ?? '') <= at && at < to).length,
      ),
    );
    assert.equal(await watermark(), before);
  });
});

describe('times that Temporal lists', () => {
  let line: Line;
  let number = 0;
  before(async () => {
    line = await startLine({ records: 1 });
  });
  after(() => line.stop());

  async function create(times: Parameters<typeof timesText>[0]): Promise<string> {
    const scheduleId = `times/${(number += 1)}`;
    await line.temporal.schedule.create({
      scheduleId,
      spec: times,
      action: { type: 'startWorkflow', workflowType: 'none', taskQueue: 'none' },
      state: { paused: true },
    });
    return scheduleId;
  }

  function timesOf(text: string) {
    const cron = parseCron(text);
    assert.ok(!(cron instanceof Fault));
    return toTimes({ crons: [cron], timezone: ZONE });
  }

  const previous = (scheduleId: string, slot: string) =>
    previousSlotOf(line.temporal, scheduleId, Date.parse(slot)).then((ms) =>
      new Date(ms).toISOString(),
    );

  for (const text of [
    '0 6 * * MON-FRI',
    '*/20 8-10 * * 0,6',
    '30 9 1,15 * 7',
    '0 0 29 2 *',
    '@monthly',
  ]) {
    test(`the times of ${text} are those of cron`, async () => {
      const scheduleId = await create(timesOf(text));
      const startMs = Date.UTC(2026, 0, 1);
      const { startTime } = await line.temporal.workflowService.listScheduleMatchingTimes({
        namespace: 'default',
        scheduleId,
        startTime: msToTs(startMs),
        endTime: msToTs(Date.UTC(2030, 0, 1)),
      });
      const cron = CronExpressionParser.parse(text, { tz: ZONE, currentDate: new Date(startMs) });
      const listed = (startTime ?? []).slice(0, 60).map((ts) => requiredTsToMs(ts, 'a time'));
      assert.ok(listed.length > 0);
      assert.deepEqual(
        listed,
        listed.map(() => cron.next().getTime()),
      );
    });
  }

  test('the slot before is found behind years without a slot, and behind more slots than one answer holds', async () => {
    const leap = await create(timesOf('0 0 29 2 *'));
    assert.equal(await previous(leap, '2028-02-28T23:00:00Z'), '2024-02-28T23:00:00.000Z');
    const minutes = await create(timesOf('* * 1 1 *')); // 1,440 of them
    assert.equal(await previous(minutes, '2026-12-31T23:00:00Z'), '2026-01-01T22:59:00.000Z');
    const seconds = await create({ intervals: [{ every: 1_000, offset: 0 }] });
    assert.equal(await previous(seconds, '2026-01-01T00:00:00Z'), '2025-12-31T23:59:59.000Z');
  });

  test('an offset of the interval moves the slots', async () => {
    const hours = await create({ intervals: [{ every: 3_600_000, offset: 60_000 }] });
    assert.equal(await previous(hours, '2026-01-01T12:01:00Z'), '2026-01-01T11:01:00.000Z');
  });

  test('with jitter the window begins at the slot before or earlier, never later', async () => {
    const hours = await create({ intervals: [{ every: 3_600_000, offset: 0 }], jitter: 600_000 });
    for (let hour = 10; hour < 20; hour += 1) {
      const found = Date.parse(await previous(hours, `2026-01-01T${hour}:00:00Z`));
      const slotMs = Date.UTC(2026, 0, 1, hour - 1);
      assert.ok(slotMs - 600_000 <= found && found <= slotMs, new Date(found).toISOString());
    }
  });

  test('a Schedule that is gone, or has no slot before, is one clear sentence', async () => {
    const first = await create({ ...timesOf('0 6 * * *'), startAt: new Date('2026-01-01') });
    await assert.rejects(previous(first, '2026-01-01T05:00:00Z'), (error) => {
      assert.ok(error instanceof BadInputError);
      assert.equal(
        error.message,
        `the Schedule ${first} has no slot before 2026-01-01T05:00:00.000Z, at which the window of that slot would begin: ask for the window itself, with \`from\` and \`to\``,
      );
      return true;
    });
    await line.temporal.schedule.getHandle(first).delete();
    await until('it is gone', () =>
      line.temporal.schedule
        .getHandle(first)
        .describe()
        .then(
          () => false,
          () => true,
        ),
    );
    await assert.rejects(previous(first, '2026-01-02T05:00:00Z'), (error) => {
      assert.ok(error instanceof BadInputError);
      assert.match(error.message, /^the Schedule times\/\d+ is gone, so that nobody knows where /);
      return true;
    });
  });
});
