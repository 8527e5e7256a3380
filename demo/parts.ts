import type { Client } from '@elastic/elasticsearch';
import { createInstaller, createSink } from '../activities/elasticsearch/client.ts';
import type { SourceOptions } from '../activities/threatconnect/threatconnect.ts';
import { loadConfig } from '../config/load.ts';
import { startDevServer, type DevServer } from './dev-server.ts';
import { Processes } from './processes.ts';
import { BadNetwork } from './bad-network.ts';
import { claimNamespace, type ClaimedNamespace } from './real-cluster.ts';
import { endSchedule } from './schedule.ts';
import { number, say } from './say.ts';
import { settingsOf, withoutSettings, type DemoSettings } from './demo-settings.ts';
import { SourceControl } from './source-control.ts';

const NAMESPACE = 'demo';
const SECRET = 'demo$%secret/+=';
const READY = /^listening on (http:\/\/\S+)$/;

/** What the demo works with. */
export type Parts = {
  processes: Processes;
  temporal: DevServer;
  /** Settings of the worker and the commands. */
  env: NodeJS.ProcessEnv;
  namespace: string;
  /** `null`: a real instance. */
  control: SourceControl | null;
  source: SourceOptions;
  /** The fields that the feed requests of each record. */
  fields: readonly string[];
  /** Reaches Elasticsearch directly, not through `network`. */
  sink: Client;
  /** `null`: the worker reaches both systems directly. */
  network: BadNetwork | null;
  claimed: ClaimedNamespace;
};

/**
 * Starts a worker, and a stand-in for each system that no variable replaces by a real one.
 *
 * @param settings of the worker and the commands, in addition to those of the demo
 */
export async function startParts(
  options: DemoSettings,
  folder: string,
  undo: (() => Promise<void> | void)[],
  settings: NodeJS.ProcessEnv = {},
): Promise<Parts> {
  const plain = withoutSettings(process.env);
  const processes = new Processes(folder);

  say('Temporal: the server that stores the progress of a run');
  const temporal = await startDevServer({ env: process.env, report: say });
  undo.push(() => temporal.stop());
  say(`  at ${temporal.address}`);
  undo.push(() => processes.stopAll());

  const { control, env: sourceEnv } = await startSource(options, plain, processes);
  const direct: NodeJS.ProcessEnv = {
    ...plain,
    ...settingsOf(process.env, 'TEMPORAL_'),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TCSYNC_NAMESPACE: NAMESPACE,
    TCSYNC_SYNC_EVERY: '1h', // the Schedule comes later
    TCSYNC_LOG_LEVEL: 'warn',
    ES_TRANSFORM_FREQUENCY: '1s',
    ...sourceEnv,
    ...(await startElasticsearch(options, plain, processes)),
    ...settings,
  };
  const config = loadConfig(direct, { cwd: folder });
  const sink = createSink(config.sink);
  undo.push(() => sink.close());
  const installer = createInstaller(config.sink, sink);
  if (installer !== sink) undo.push(() => installer.close());
  const claimed = await claimNamespace(installer, NAMESPACE);
  undo.push(claimed.clear);
  if (process.env.TEMPORAL_ADDRESS !== undefined) {
    undo.push(() => endSchedule(temporal, NAMESPACE));
  }
  undo.push(() => processes.stop('the worker').then(() => undefined)); // before its data is deleted

  const network = options.chaos ? await startNetwork(options.seed, direct, undo) : null;
  const env = network === null ? direct : { ...direct, ...network.env };

  say('the worker: a separate process, as in production');
  await processes.startWorker('the worker', env);
  return {
    processes,
    temporal,
    env,
    namespace: NAMESPACE,
    control,
    source: config.source,
    fields: config.feeds[0]?.fields ?? [],
    sink,
    network,
    claimed,
  };
}

async function startNetwork(
  seed: number,
  { TC_URL = '', ES_URL = '' }: NodeJS.ProcessEnv,
  undo: (() => Promise<void> | void)[],
): Promise<BadNetwork> {
  say('a network that can fail: a proxy before ThreatConnect, and one before Elasticsearch');
  const network = await BadNetwork.start(seed, { source: TC_URL, sink: ES_URL });
  undo.push(() => network.close());
  return network;
}

async function startSource(
  options: DemoSettings,
  plain: NodeJS.ProcessEnv,
  processes: Processes,
): Promise<{ control: SourceControl | null; env: NodeJS.ProcessEnv }> {
  if (process.env.TC_URL !== undefined) {
    say(`ThreatConnect: the instance at ${process.env.TC_URL}`);
    return { control: null, env: settingsOf(process.env, 'TC_') };
  }
  const given =
    options.data === null ? ['--records', String(options.records)] : ['--data', options.data];
  say(
    options.data === null
      ? `ThreatConnect: a stand-in with ${number(options.records)} generated records`
      : `ThreatConnect: a stand-in with the records of ${options.data}`,
  );
  const [, url = ''] = await processes.start(
    'the ThreatConnect stand-in',
    'stand-ins/threatconnect/main.ts',
    ['--port', '0', ...given],
    { env: { ...plain, TC_SIM_ACCESS_ID: '1', TC_SIM_SECRET_KEY: SECRET }, ready: READY },
  );
  say(`  at ${url}`);
  // a short lag, so that changes arrive while a person watches
  const env = { TC_URL: url, TC_ACCESS_ID: '1', TC_SECRET_KEY: SECRET, TC_SAFETY_LAG: '2s' };
  return { control: new SourceControl(url), env };
}

/**
 * Time that the transform waits for documents to become searchable; it would never see later ones. In the stand-in they
 * are searchable at once. A server first ends the bulk request, which takes seconds on a busy machine, and refreshes.
 */
const TRANSFORM_DELAY = { standIn: '2s', server: '20s' };

async function startElasticsearch(
  options: DemoSettings,
  plain: NodeJS.ProcessEnv,
  processes: Processes,
): Promise<NodeJS.ProcessEnv> {
  if (process.env.ES_URL !== undefined) {
    say(`Elasticsearch: the cluster at ${process.env.ES_URL}, namespace ${NAMESPACE}`);
    return { ES_TRANSFORM_DELAY: TRANSFORM_DELAY.server, ...settingsOf(process.env, 'ES_') };
  }
  const [name, file] = options.core
    ? ['the Elasticsearch node', 'stand-ins/elasticsearch-core/main.ts']
    : ['the Elasticsearch stand-in', 'stand-ins/elasticsearch/main.ts'];
  say(
    options.core
      ? 'Elasticsearch: a real node; its first start takes a minute'
      : 'Elasticsearch: a stand-in',
  );
  const [, url = ''] = await processes.start(name, file, ['--port', '0'], {
    env: plain,
    ready: READY,
  });
  say(`  at ${url}`);
  return {
    ES_URL: url,
    ES_TRANSFORM_DELAY: options.core ? TRANSFORM_DELAY.server : TRANSFORM_DELAY.standIn,
  };
}
