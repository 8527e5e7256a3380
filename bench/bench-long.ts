import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { dataStream } from '../contracts/names.ts';
import { compare, isEqual, toSentence } from '../demo/compare.ts';
import { SourceControl } from '../demo/source-control.ts';
import { startLine, type Line } from '../test/e2e/line.ts';
import { progressOf } from '../watch/look-at-run.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';
import { countEvents } from './count-events.ts';
import { residentMib } from './memory.ts';
import { sparkline } from './sparkline.ts';
import { storedAtOnce } from './stored-at-once.ts';

const LOOK_EVERY_MS = 2_000;
const COLUMNS = 72;

type Sample = { perSecond: number; mib: number };

/**
 * `npm run bench -- --records 1000000`: one first load of many records, whose worker is killed in the middle. Draws the
 * rate and the worker's memory over time, counts history events per page, and compares ids and versions at the end.
 */
export async function benchLong(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { records: { type: 'string', default: '1000000' } },
  });
  const line = await startLine({
    records: Number(values.records),
    sourceArguments: ['--without-associations'],
  });
  try {
    if ((await line.processes.tcsync(['apply'], line.env)) !== 0) throw new Error('apply failed');
    const idleMib = residentMib(line.processes.pid('the worker'));
    const handle = await line.temporal.workflow.start<typeof syncFeed>('syncFeed', {
      workflowId: 'bench/long',
      taskQueue: 'tcsync-default',
      args: [{ feed: 'default' }],
    });
    const begunMs = performance.now();
    const { before, after, killedAt } = await watch(line, handle.workflowId);
    const { counts } = await handle.result();
    const seconds = (performance.now() - begunMs) / 1_000;
    const events = await countEvents(line.temporal, handle.workflowId, handle.firstExecutionRunId);
    const all = [...before, ...after];
    const peak = (samples: readonly Sample[]) => Math.max(...samples.map(({ mib }) => mib), 0);
    const rows = [
      `${whole(counts.read)} records in ${whole(counts.pages)} pages: ${whole(seconds)} s, ${whole(counts.read / seconds)}/s`,
      `${(events / counts.pages).toFixed(1)} history events per page`,
      `the worker was killed at ${whole(killedAt)} records; ${whole(counts.duplicate)} were read twice`,
      `memory: ${whole(idleMib)} MiB idle; at most ${whole(peak(before))} MiB before, ${whole(peak(after))} MiB after it was killed`,
      `rate    ${chart(all.map(({ perSecond }) => perSecond))} at most ${whole(Math.max(...all.map(({ perSecond }) => perSecond)))}/s`,
      `memory  ${chart(all.map(({ mib }) => mib))}`,
    ];
    process.stdout.write(`\n${rows.join('\n')}\n`);
    const comparison = compare(
      await new SourceControl(line.env.TC_URL ?? '').live(),
      await storedAtOnce(line.env.ES_URL ?? '', dataStream('default')),
    );
    process.stdout.write(`${toSentence(comparison)}\n`);
    if (!isEqual(comparison)) process.exitCode = 1;
  } finally {
    await line.stop();
  }
}

/** Samples the run until it ends, and kills its worker once when half of the records are read. */
async function watch(line: Line, workflowId: string) {
  const before: Sample[] = [];
  const after: Sample[] = [];
  let killedAt = 0;
  let read = 0;
  let atMs = performance.now();
  for (;;) {
    await sleep(LOOK_EVERY_MS);
    const { status } = await line.temporal.workflow.getHandle(workflowId).describe();
    if (status.name !== 'RUNNING') return { before, after, killedAt };
    const seen = await progressOf(line.temporal, workflowId);
    if (seen === null) continue; // the window is not open yet, or the worker is busy
    const nowMs = performance.now();
    const perSecond = ((seen.counts.read - read) * 1_000) / (nowMs - atMs);
    const mib = residentMib(line.processes.pid('the worker'));
    (killedAt === 0 ? before : after).push({ perSecond, mib });
    [read, atMs] = [seen.counts.read, nowMs];
    process.stderr.write(
      `${whole(read)} of ${whole(seen.expected)}, ${whole(perSecond)}/s, ${whole(mib)} MiB\n`,
    );
    if (killedAt === 0 && read >= seen.expected / 2) {
      killedAt = read;
      await line.processes.kill('the worker');
      await line.startWorker();
    }
  }
}

const chart = (values: readonly number[]) => sparkline(values, COLUMNS);

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
