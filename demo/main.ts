import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { createSink } from '../activities/elasticsearch/client.ts';
import { ThreatConnect } from '../activities/threatconnect/source.ts';
import { EXIT, type ExitCode } from '../client/exit-code.ts';
import { loadConfig } from '../config/load.ts';
import { dataStream, scheduleId } from '../contracts/names.ts';
import { checkMapping } from './check-mapping.ts';
import { compare, isEqual, toSentence, type Version } from './compare.ts';
import { startDevServer } from './dev-server.ts';
import { Processes } from './processes.ts';
import { claimNamespaces } from './real-cluster.ts';
import { parseDemoArguments, settingsOf, withoutSettings, type DemoSettings } from './settings.ts';
import { SourceControl } from './source-control.ts';
import { sourceVersions } from './source-versions.ts';
import { storedDocuments, storedVersions } from './stored.ts';

const NAMESPACE = 'demo';
const COMPATIBLE_NAMESPACE = 'demo_compatible';
const TAGS = 'forwarded,threatconnect-indicator'; // the default of TCSYNC_TAGS
const SECRET = 'demo$%secret/+=';
const READY = /^listening on (http:\/\/\S+)$/;
/** Changes reach Elasticsearch with the next tick; something is wrong when this is not enough. */
const ARRIVAL_MS = 60_000;

const settings = parseDemoArguments(process.argv.slice(2), (file) =>
  // npm starts scripts in the project's folder, but a path is meant from where the user stands
  path.resolve(process.env.INIT_CWD ?? process.cwd(), file),
);
if ('help' in settings) process.stdout.write(settings.help);
else if ('fault' in settings) {
  process.stderr.write(`${settings.fault}\n`);
  process.exitCode = 2;
} else process.exitCode = await demo(settings);

async function demo(options: DemoSettings): Promise<number> {
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort(new Error('interrupted')));
  process.on('SIGTERM', () => interrupted.abort(new Error('interrupted')));
  const folder = mkdtempSync(path.join(tmpdir(), 'tcsync-demo-'));
  const undo: (() => Promise<void> | void)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
  ];
  const stopped = new Promise<never>((_resolve, reject) => {
    interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason));
  });
  try {
    const equal = await Promise.race([show(options, folder, undo), stopped]);
    return equal ? 0 : 1;
  } catch (error) {
    say(`stopped: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    say('stopping what the demo started');
    for (const step of undo.toReversed()) await step();
  }
}

async function show(
  options: DemoSettings,
  folder: string,
  undo: (() => Promise<void> | void)[],
): Promise<boolean> {
  const plain = withoutSettings(process.env);
  const processes = new Processes(folder);

  say('Temporal: the server that remembers how far a run has come');
  const temporal = await startDevServer({ env: process.env, report: say });
  undo.push(() => temporal.stop());
  say(`  at ${temporal.address}`);
  undo.push(() => processes.stopAll());

  const env: NodeJS.ProcessEnv = {
    ...plain,
    ...settingsOf(process.env, 'TEMPORAL_'),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TCSYNC_NAMESPACE: NAMESPACE,
    TCSYNC_SYNC_EVERY: '1h', // the Schedule comes later
    TCSYNC_LOG_LEVEL: 'warn',
  };

  let control: SourceControl | null = null;
  if (process.env.TC_URL === undefined) {
    const given =
      options.data === null ? ['--records', String(options.records)] : ['--data', options.data];
    say(
      options.data === null
        ? `ThreatConnect: a stand-in with ${number(options.records)} made-up records`
        : `ThreatConnect: a stand-in with the records of ${options.data}`,
    );
    const [, url = ''] = await processes.start(
      'the ThreatConnect stand-in',
      'simulators/threatconnect/main.ts',
      ['--port', '0', ...given],
      { env: { ...plain, TC_SIM_ACCESS_ID: '1', TC_SIM_SECRET_KEY: SECRET }, ready: READY },
    );
    control = new SourceControl(url);
    // a short lag, so that changes arrive while one watches
    Object.assign(env, {
      TC_URL: url,
      TC_ACCESS_ID: '1',
      TC_SECRET_KEY: SECRET,
      TC_SAFETY_LAG: '2s',
    });
    say(`  at ${url}`);
  } else {
    Object.assign(env, settingsOf(process.env, 'TC_'));
    say(`ThreatConnect: the instance at ${process.env.TC_URL}`);
  }

  if (process.env.ES_URL === undefined) {
    say('Elasticsearch: a stand-in');
    const [, url = ''] = await processes.start(
      'the Elasticsearch stand-in',
      'simulators/elasticsearch/main.ts',
      ['--port', '0'],
      { env: plain, ready: READY },
    );
    env.ES_URL = url;
    say(`  at ${url}`);
  } else {
    Object.assign(env, settingsOf(process.env, 'ES_'));
    say(`Elasticsearch: the cluster at ${process.env.ES_URL}, namespace ${NAMESPACE}`);
  }
  const config = loadConfig(env, { cwd: folder });
  const sink = createSink(config.sink);
  undo.push(() => sink.close());
  undo.push(await claimNamespaces(sink, [NAMESPACE, COMPATIBLE_NAMESPACE]));
  if (process.env.TEMPORAL_ADDRESS !== undefined) {
    undo.push(() => deleteSchedule(temporal.address, temporal.namespace));
  }
  undo.push(() => processes.stop('the worker').then(() => undefined)); // before its data goes

  say('the worker: a process of its own, as in production');
  await processes.start('the worker', 'worker/main.ts', [], { env, ready: /^worker is polling/ });

  await command(processes, ['apply'], env);

  if (control !== null && options.changes > 0) {
    say(
      `from now on ${options.changes} records change and ${options.changes} are added behind each page`,
    );
    await control.changeAfterEachPage(options.changes, options.changes);
  }
  await command(processes, ['run'], env);
  await control?.stopChanging();

  const source = async (): Promise<Version[]> =>
    control === null ? sourceVersions(new ThreatConnect(config.source)) : control.live();
  const check = async () =>
    compare(await source(), await storedVersions(sink, dataStream(NAMESPACE)));
  let comparison = await check();
  say(toSentence(comparison));
  if (!isEqual(comparison)) {
    say('what changed while it was read comes with the next run: a Schedule, every 2 seconds');
    await command(processes, ['apply'], { ...env, TCSYNC_SYNC_EVERY: '2s' });
    const deadlineMs = Date.now() + ARRIVAL_MS;
    while (!isEqual(comparison) && Date.now() < deadlineMs) {
      await sleep(1_000);
      comparison = await check();
    }
    await command(processes, ['status'], env);
    say(toSentence(comparison));
  }
  const large = (await source()).filter(({ id }) => BigInt(id) > Number.MAX_SAFE_INTEGER);
  if (large.length > 0) {
    const some = large.slice(0, 3).map(({ id }) => id);
    say(
      `${number(large.length)} ids lie above 2^53 and are exact: ${some.join(', ')}${large.length > 3 ? ' …' : ''}`,
    );
  }
  if (control === null) return isEqual(comparison);

  const fields = config.feeds[0]?.fields ?? [];
  const parts: Parts = { processes, control, sink, env, fields };
  const enriched = await showMapping('enriched', NAMESPACE, parts);
  say(
    'the same with documents exactly like those of Elastic’s integration, in a namespace of its own',
  );
  const compatibleEnv = {
    ...env,
    TCSYNC_NAMESPACE: COMPATIBLE_NAMESPACE,
    TCSYNC_OUTPUT_PROFILE: 'compatible',
  };
  undo.push(() => processes.stop('the second worker').then(() => undefined));
  await processes.start('the second worker', 'worker/main.ts', [], {
    env: compatibleEnv,
    ready: /^worker is polling/,
  });
  say('namespaces of a cluster share the latest index, which is enriched already: apply says so');
  await command(processes, ['apply'], compatibleEnv, EXIT.attention);
  await command(processes, ['run'], compatibleEnv);
  const compatible = await showMapping('compatible', COMPATIBLE_NAMESPACE, {
    ...parts,
    env: compatibleEnv,
  });
  return isEqual(comparison) && enriched && compatible;
}

type Parts = {
  processes: Processes;
  control: SourceControl;
  sink: Client;
  env: NodeJS.ProcessEnv;
  fields: readonly string[];
};

/** Compares what is stored, field by field, with what `tcsync map` makes of the source's own records. */
async function showMapping(profile: string, namespace: string, parts: Parts): Promise<boolean> {
  const { processes, control, sink, env, fields } = parts;
  const args = ['map', '--profile', profile, '--namespace', namespace, '--tags', TAGS];
  say(`$ tcsync ${args.join(' ')} < records`);
  const { expected, equal, different } = await checkMapping(
    processes.pipe(args, env, control.records(fields)),
    storedDocuments(sink, dataStream(namespace)),
  );
  say(
    `${number(equal)} of ${number(expected)} documents stored as \`tcsync map\` makes them` +
      (different.length === 0 ? '' : `; not ${different.slice(0, 5).join(', ')} …`),
  );
  return expected > 0 && different.length === 0;
}

async function command(
  processes: Processes,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  expected: ExitCode = EXIT.ok,
): Promise<void> {
  say(`$ tcsync ${args.join(' ')}`);
  const code = await processes.tcsync(args, env);
  if (code !== expected) throw new Error(`tcsync ${args.join(' ')} ended with exit code ${code}`);
}

async function deleteSchedule(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const client = new TemporalClient({ connection, namespace });
    await client.schedule.getHandle(scheduleId(NAMESPACE, 'default')).delete();
  } finally {
    await connection.close();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
