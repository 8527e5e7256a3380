import { startLine } from '../test/e2e/line.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';

const RECORDS = 100_000;
const PAGE_MS = 300;
const LANES = [1, 2, 4];

/** `npm run bench -- lanes`: how much time lanes save if the source takes 300 ms per page. */
export async function benchLanes(): Promise<void> {
  let aloneSeconds = 0;
  for (const lanes of LANES) {
    const { counts, seconds } = await firstLoad(lanes);
    if (lanes === 1) aloneSeconds = seconds;
    process.stdout.write(
      `${lanes} lanes   ${counts.read} records in ${counts.pages} pages: ${seconds.toFixed(1)} s, ` +
        `${(seconds / aloneSeconds).toFixed(2)} of one lane's time\n`,
    );
  }
}

/** Each run has its own servers: documents that exist already would cost a look-up. */
async function firstLoad(lanes: number) {
  const line = await startLine({
    records: RECORDS,
    sourceArguments: ['--without-associations', '--page-delay-ms', String(PAGE_MS)],
    env: { TC_REQUESTS_PER_SECOND: '1000', TC_PAGE_SIZE: '1000' },
  });
  try {
    if ((await line.processes.tcsync(['apply'], line.env)) !== 0) throw new Error('apply failed');
    const startedMs = performance.now();
    const { counts } = await line.temporal.workflow.execute<typeof syncFeed>('syncFeed', {
      workflowId: 'bench/lanes',
      taskQueue: 'tcsync-default',
      args: [{ feed: 'default', lanes }],
    });
    return { counts, seconds: (performance.now() - startedMs) / 1_000 };
  } finally {
    await line.stop();
  }
}
