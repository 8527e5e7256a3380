import { setTimeout as sleep } from 'node:timers/promises';
import { isEqual, toSentence } from '../demo/compare.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';
import { startLine } from '../test/e2e/line.ts';
import { MemorySampler, residentMib } from './memory.ts';

const RECORDS = 20_000;
const IN_ONE_SECOND = 15_000;
const ASSOCIATIONS = 50_000;
/** Time until the garbage of the start is collected. */
const SETTLE_MS = 5_000;

/**
 * `npm run bench -- heavy`: a feed in which one record makes every page fail that contains it, one has very many
 * associations, most were changed in the same second, and `next` names another host. Shows whether the feed is read
 * completely, and with how much memory.
 */
export async function benchHeavy(): Promise<void> {
  const line = await startLine({
    records: RECORDS,
    sourceArguments: ['--one-second', String(IN_ONE_SECOND)],
    env: { TC_REQUESTS_PER_SECOND: '1000' },
  });
  try {
    const { source, temporal, processes } = line;
    const truth = await source.lines<{ id: string; active: boolean; deleted: boolean }>(
      '/_sim/truth',
    );
    const live = truth.filter(({ active, deleted }) => active && !deleted).map(({ id }) => id);
    const [killer = '', crowded = ''] = [live[4_321], live[9_876]];
    await source.post('/_sim/killers', { id: killer, how: 'reset' });
    await source.post('/_sim/crowds', {
      id: crowded,
      groups: ASSOCIATIONS / 2,
      indicators: ASSOCIATIONS / 2,
    });
    await source.post('/_sim/switches', { nextOrigin: 'https://elsewhere.example' });
    if ((await processes.tcsync(['apply'], line.env)) !== 0) throw new Error('apply failed');
    const pid = processes.pid('the worker');
    await sleep(SETTLE_MS);
    const idleMib = residentMib(pid);
    const memory = new MemorySampler(pid);
    const startedMs = performance.now();
    const { counts, attention } = await temporal.workflow.execute<typeof syncFeed>('syncFeed', {
      workflowId: 'bench/heavy',
      taskQueue: 'tcsync-default',
      args: [{ feed: 'default' }],
    });
    const seconds = (performance.now() - startedMs) / 1_000;
    const peakMib = memory.stop();
    const comparison = await line.compare();
    const { missing, stale, extra } = comparison;
    const isWhole =
      isEqual({ ...comparison, missing: [] }) && missing.length === 1 && missing[0] === killer;
    say(`read       ${counts.read} records in ${counts.pages} pages, ${seconds.toFixed(1)} s`);
    say(
      `created    ${counts.created}, rejected ${counts.rejected} (${attention.length} attention)`,
    );
    say(
      isWhole
        ? `equal      all but the record that makes its pages fail (${killer}), which is a reject`
        : `not equal  ${toSentence(comparison)}; ${stale.length} stale, ${extra.length} extra`,
    );
    say(
      `memory     idle ${idleMib.toFixed(0)} MiB, peak ${peakMib.toFixed(0)} MiB: ${(peakMib - idleMib).toFixed(0)} MiB above`,
    );
    await processes.tcsync(['rejects', 'list'], line.env);
    if (!isWhole) process.exitCode = 1;
  } finally {
    await line.stop();
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
