import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client as Elasticsearch } from '@elastic/elasticsearch';
import { Client, Connection } from '@temporalio/client';
import { createSink } from '../../activities/elasticsearch/client.ts';
import { loadConfig } from '../../config/load.ts';
import { dataStream } from '../../contracts/names.ts';
import { compare, type Comparison } from '../../demo/compare.ts';
import { startDevServer, type DevServer, type DevServerOptions } from '../../demo/dev-server.ts';
import { Processes, type WorkerAddresses } from '../../demo/processes.ts';
import { withoutSettings } from '../../demo/demo-settings.ts';
import { SourceControl } from '../../demo/source-control.ts';
import { storedVersions } from '../../demo/stored-versions.ts';
import { Control } from '../../stand-ins/control.ts';
import type { Gate } from '../gate.ts';

export const SECRET = 'line s3cr3t$%"\\=+/ ';
const READY = /^listening on (http:\/\/\S+)$/;

/** All systems, each as a separate process, as in production. */
export type Line = {
  env: NodeJS.ProcessEnv;
  processes: Processes;
  temporal: Client;
  server: DevServer;
  source: Control;
  elasticsearch: Elasticsearch;
  /** Control of the Elasticsearch stand-in. */
  sink: Control;
  /** Addresses of the worker that was started last. */
  worker: WorkerAddresses;
  startWorker(): Promise<void>;
  /** Kills Temporal's server as a crash would. Needs `isTemporalKilled`. */
  killTemporal(): Promise<void>;
  /** Starts it again, with the same port and database. */
  restartTemporal(): Promise<void>;
  /** Compares the source's own list with the stored documents. */
  compare(): Promise<Comparison>;
  stop(): Promise<void>;
};

export async function startLine(options: {
  records: number;
  /** Start options of the ThreatConnect stand-in. */
  sourceArguments?: readonly string[];
  /** URL that replaces the Elasticsearch stand-in. */
  sinkProgram?: string;
  /** Proxies through which the worker and the command line reach both systems. */
  gates?: { source: Gate; sink: Gate };
  env?: NodeJS.ProcessEnv;
  dynamicConfig?: readonly string[];
  /** Temporal keeps its data on disk, so that it survives a kill. Memory is a tenth cheaper. */
  isTemporalKilled?: boolean;
}): Promise<Line> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tcsync-e2e-'));
  const plain = withoutSettings(process.env);
  const processes = new Processes(folder);
  const temporal: DevServerOptions = {
    env: plain,
    report: (line) => process.stderr.write(`${line}\n`),
    dynamicConfig: options.dynamicConfig,
    dbFile: options.isTemporalKilled === true ? path.join(folder, 'temporal.db') : undefined,
  };
  const server = await startDevServer(temporal);
  const [, tcUrl = ''] = await processes.start(
    'ThreatConnect',
    'stand-ins/threatconnect/main.ts',
    ['--port', '0', '--records', String(options.records), ...(options.sourceArguments ?? [])],
    { env: { ...plain, TC_SIM_ACCESS_ID: '7', TC_SIM_SECRET_KEY: SECRET }, ready: READY },
  );
  const [, esUrl = ''] = await processes.start(
    'Elasticsearch',
    options.sinkProgram ?? 'stand-ins/elasticsearch/main.ts',
    ['--port', '0'],
    { env: plain, ready: READY },
  );
  const env = {
    ...plain,
    TEMPORAL_ADDRESS: server.address,
    TC_URL: options.gates?.source.leadTo(tcUrl) ?? tcUrl,
    TC_ACCESS_ID: '7',
    TC_SECRET_KEY: SECRET,
    TC_SAFETY_LAG: '1s',
    TC_REQUESTS_PER_SECOND: '1000',
    ES_URL: options.gates?.sink.leadTo(esUrl) ?? esUrl,
    TCSYNC_SYNC_EVERY: '24h', // a tick in the middle of a test would take its window
    ...options.env,
  };
  const config = loadConfig(env, { cwd: folder });
  const elasticsearch = createSink(config.sink);
  const connection = await Connection.connect({ address: server.address });
  const truth = new SourceControl(tcUrl);
  const line: Line = {
    env,
    processes,
    temporal: new Client({ connection }),
    server,
    source: new Control(tcUrl),
    elasticsearch,
    sink: new Control(esUrl),
    worker: await processes.startWorker('the worker', env),
    startWorker: async () => {
      line.worker = await processes.startWorker('the worker', env);
    },
    killTemporal: async () => {
      const { pid, exited } = line.server;
      assert.ok(pid !== null, 'a server at TEMPORAL_ADDRESS cannot be killed');
      process.kill(pid, 'SIGKILL');
      await exited;
    },
    restartTemporal: async () => {
      const port = Number(line.server.address.split(':').at(-1));
      line.server = await startDevServer({ ...temporal, port });
    },
    compare: async () =>
      compare(
        await truth.live(),
        await storedVersions(
          elasticsearch,
          dataStream(config.program.namespace),
          config.program.namespace,
        ),
      ),
    stop: async () => {
      await elasticsearch.close();
      await processes.stopAll();
      await connection.close();
      await line.server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return line;
}
