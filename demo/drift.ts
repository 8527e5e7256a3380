import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import { currentGeneration } from '../activities/elasticsearch/assets/latest/generation.ts';
import { INGESTED_PIPELINE } from '../activities/elasticsearch/assets/stream/ingested-pipeline.ts';
import { STREAM_POLICY } from '../activities/elasticsearch/assets/stream/stream-policy.ts';
import { STREAM_TEMPLATE } from '../activities/elasticsearch/assets/stream/stream-template.ts';
import { streamIndices } from '../activities/elasticsearch/stream-identity.ts';
import { dataStream, LATEST_ALIAS } from '../contracts/names.ts';
import type { AssetReport } from '../contracts/reconcile-assets-input.ts';
import type { DemoSettings } from './demo-settings.ts';
import { startParts, type Parts } from './parts.ts';
import { say } from './say.ts';
import { command, showLatest } from './show.ts';

/** One thing that goes wrong in a cluster, and what it would cost. */
type Break = {
  what: string;
  costs: string;
  act: (sink: Client, stream: string) => Promise<unknown>;
};

const WAIT_MS = 60_000;
/** Longer than the demo's safety lag, so that the changes lie in the window of the next run. */
const SETTLED_MS = 3_500;

const BREAKS: readonly Break[] = [
  {
    what: 'somebody stops the transform',
    costs: 'the latest index stays as it is; rules match yesterday’s indicators',
    act: async (sink) => {
      const { transform } = await latestOf(sink);
      await sink.transform.stopTransform({ transform_id: transform, wait_for_completion: true });
    },
  },
  {
    what: 'somebody removes the alias of the latest index',
    costs: 'rules and dashboards find no indicator at all',
    act: async (sink) => {
      const { index } = await latestOf(sink);
      await sink.indices.updateAliases({ actions: [{ remove: { index, alias: LATEST_ALIAS } }] });
    },
  },
  {
    what: 'the pipeline that stamps event.ingested is emptied',
    costs: 'the transform sees no new document any more',
    act: (sink) => sink.ingest.putPipeline({ id: INGESTED_PIPELINE, processors: [] }),
  },
  {
    what: 'the policy is taken off the index that is written to',
    costs: 'it is never rolled over and never deleted; the disk fills',
    act: async (sink, stream) => {
      const [newest] = (await streamIndices(sink, stream, AbortSignal.timeout(WAIT_MS))).slice(-1);
      await sink.indices.putSettings({
        index: newest?.name ?? stream,
        settings: { 'index.lifecycle.name': null },
      });
    },
  },
  {
    what: 'the policy and the template of the data stream are edited',
    costs: 'old documents are kept for a year, and the next index lacks our fields',
    act: async (sink) => {
      await sink.ilm.putLifecycle({
        name: STREAM_POLICY,
        policy: { phases: { hot: { actions: { rollover: { max_age: '365d' } } } } },
      });
      const { index_templates: found } = await sink.indices.getIndexTemplate({
        name: STREAM_TEMPLATE,
      });
      await sink.indices.putIndexTemplate({
        name: STREAM_TEMPLATE,
        ...found[0]?.index_template,
        composed_of: ['logs@mappings', 'logs@settings'],
      });
    },
  },
];

/**
 * Breaks five things in Elasticsearch, reconciles the assets and shows that all of them are as they should be.
 *
 * @param undo gets the steps of the clean-up at the end, which run in reverse order
 * @returns whether everything was corrected and the latest index is equal
 */
export async function showDrift(
  options: DemoSettings,
  folder: string,
  undo: (() => Promise<void> | void)[],
): Promise<boolean> {
  const parts = await startParts(options, folder, undo);
  if (parts.claimed.isShared) {
    throw new Error('other namespaces use the assets of this cluster, so they are not broken here');
  }
  await command(parts, ['apply']);
  await command(parts, ['run']);
  const wasLatest = await showLatest(parts);

  say('\nnow five things go wrong in Elasticsearch:');
  for (const [number, { what, costs, act }] of BREAKS.entries()) {
    say(`  ${number + 1}. ${what}: ${costs}`);
    await act(parts.sink, dataStream(parts.namespace));
  }

  if (parts.control !== null) {
    say('\nmeanwhile the source changes, and a run writes the changes:');
    await parts.control.change({ seed: 1, updates: 20, creates: 20 }, 0);
    await sleep(SETTLED_MS);
    await command(parts, ['run']);
  }

  say('\nwhat would be done about it; a dry run writes nothing:');
  await command(parts, ['apply', '--dry-run']);
  say('\na worker does this every hour by itself; `tcsync apply` does it now:');
  await command(parts, ['apply']);

  say('\na second time there is nothing to do:');
  const left = (await reportOf(parts)).filter(({ state }) => state !== 'ok');
  for (const { asset, state } of left) say(`  ${asset} is still ${state}`);
  if (left.length === 0) say('  every asset is as it should be');

  say('\nthe changes of the bad time reach the latest index too:');
  return (await showLatest(parts)) && wasLatest && left.length === 0;
}

function latestOf(sink: Client) {
  return currentGeneration(sink, AbortSignal.timeout(WAIT_MS));
}

async function reportOf(parts: Parts): Promise<AssetReport[]> {
  const lines: string[] = [];
  await command(parts, ['apply', '--dry-run', '--json'], parts.env, (line) => lines.push(line));
  return (JSON.parse(lines.join('\n')) as { assets: AssetReport[] }).assets;
}
