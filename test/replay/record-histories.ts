import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { dataStream, taskQueue } from '../../contracts/names.ts';
import type { SyncFeedInput } from '../../contracts/sync-feed.ts';
import { startLine } from '../e2e/line.ts';

/**
 * `npm run record:histories`: runs each shape of a workflow on a dev server and keeps its history. To be run
 * when a workflow has changed on purpose; the old histories then show what the change breaks.
 */
const FOLDER = path.join(import.meta.dirname, 'histories');
const QUEUE = taskQueue('default');
const GROUPS = {
  associated_groups: {
    properties: {
      data: { properties: { severity: { type: 'long', ignore_malformed: false } } },
    },
  },
} as const;

const line = await startLine({
  records: 260,
  env: { TC_PAGE_SIZE: '50' },
  dynamicConfig: ['limit.historyCount.suggestContinueAsNew=40'],
});
try {
  mkdirSync(FOLDER, { recursive: true });
  const { temporal, source } = line;

  await execute(temporal, 'reconcileAssets', 'assets', {});
  await keep(temporal, 'assets', 'reconcile-assets');

  await sync(temporal, 'whole', { feed: 'default' });
  await keep(temporal, 'whole', 'sync-feed-continued-as-new', 'first');
  await keep(temporal, 'whole', 'sync-feed-continued', 'last');

  await sync(temporal, 'quiet', { feed: 'default' });
  await keep(temporal, 'quiet', 'sync-feed-nothing-new');

  // becomes visible behind the cursor: the slice is read again
  const [record] = await source.lines<Record<string, unknown>>('/_sim/records');
  await source.post('/_sim/script', {
    afterPage: 1,
    changes: [
      {
        op: 'create',
        record: { ...record, id: 1, summary: 'late', lastModified: '2026-01-01T00:00:00Z' },
      },
    ],
  });
  await sync(temporal, 'again', { feed: 'default', from: '2020-01-01T00:00:00Z', pageSize: 1_000 });
  await keep(temporal, 'again', 'sync-feed-read-again');

  // more than is allowed of every page is refused by Elasticsearch
  await line.elasticsearch.indices.putMapping({
    index: dataStream('default'),
    properties: { threat_connect: { properties: { indicator: { properties: GROUPS } } } },
  });
  for (const { id } of await source.lines<{ id: string }>('/_sim/truth')) {
    const set = { associatedGroups: { data: [{ id: 1, severity: 'high' }] } };
    await source.post('/_sim/damages', { id, set });
  }
  const since = { feed: 'default', from: '2020-01-01T00:00:00Z' };
  await sync(temporal, 'refused', since).catch(() => undefined); // fails on purpose
  await keep(temporal, 'refused', 'sync-feed-too-many-rejects');

  await source.delete('/_sim/damages');
  await execute(temporal, 'replayRejects', 'replay', {});
  await keep(temporal, 'replay', 'replay-rejects');

  await sync(temporal, 'bad', { feed: '' }).catch(() => undefined); // fails on purpose
  await keep(temporal, 'bad', 'sync-feed-bad-input');
} finally {
  await line.stop();
}

function sync(client: Client, workflowId: string, input: SyncFeedInput): Promise<unknown> {
  return execute(client, 'syncFeed', workflowId, input);
}

function execute(
  client: Client,
  workflowType: string,
  workflowId: string,
  input: unknown,
): Promise<unknown> {
  return client.workflow.execute(workflowType, { workflowId, taskQueue: QUEUE, args: [input] });
}

async function keep(
  client: Client,
  workflowId: string,
  name: string,
  run: 'first' | 'last' = 'last',
): Promise<void> {
  const runIds: string[] = [];
  const query = `WorkflowId = "${workflowId}"`;
  for await (const { runId } of client.workflow.list({ query })) runIds.push(runId);
  const runId = run === 'last' ? runIds[0] : runIds.at(-1);
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  // who ran it, and from where, does not matter
  const text = historyToJSON(history)
    .replaceAll(/"identity": ?"[^"]*"/g, '"identity":"worker"')
    .replaceAll(/"\d+@[\w.-]+"/g, '"worker"') // names of sticky queues
    .replaceAll(/"stackTrace": ?"[^"]*"/g, '"stackTrace":""');
  writeFileSync(path.join(FOLDER, `${name}.json`), `${text}\n`);
}
