import { startLine } from '../test/e2e/line.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';

const RECORDS = 40_000;
const PAGE_MS = 300;
const LANES = [1, 2, 4];

/** `npm run bench -- lanes`: what lanes are worth where the source takes 300 ms a page. */
export async function benchLanes(): Promise<void> {
  const line = await startLine({
    records: RECORDS,
    sourceArguments: ['--without-associations', '--page-delay-ms', String(PAGE_MS)],
    env: { TC_REQUESTS_PER_SECOND: '1000', TC_PAGE_SIZE: '1000' },
  });
  try {
    if ((await line.processes.tcsync(['apply'], line.env)) !== 0) throw new Error('apply failed');
    let aloneSeconds = 0;
    for (const lanes of LANES) {
      const startedMs = performance.now();
      const { counts } = await line.temporal.workflow.execute<typeof syncFeed>('syncFeed', {
        workflowId: `bench/lanes/${lanes}`,
        taskQueue: 'tcsync-default',
        // an explicit window: all of it each time
        args: [{ feed: 'default', from: '1990-01-01T00:00:00Z', lanes }],
      });
      const seconds = (performance.now() - startedMs) / 1_000;
      if (lanes === 1) aloneSeconds = seconds;
      process.stdout.write(
        `${lanes} lanes   ${counts.read} records in ${counts.pages} pages: ${seconds.toFixed(1)} s, ` +
          `${(seconds / aloneSeconds).toFixed(2)} of one lane's time\n`,
      );
    }
  } finally {
    await line.stop();
  }
}
