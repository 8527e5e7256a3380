import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { evaluate } from './api/evaluate.ts';
import { send } from './api/send.ts';
import { ApiError } from './api-error.ts';
import { Clock } from './clock.ts';
import { callControl, control } from './control/control.ts';
import { Counters } from './counters.ts';
import { DEFAULT_CREDENTIALS, type Credentials } from './credentials.ts';
import { Crowds } from './crowds.ts';
import { Damages } from './damages.ts';
import { Faults } from './faults.ts';
import { groupDetails } from './generate/group-details.ts';
import { Groups } from './groups.ts';
import { Killers } from './killers.ts';
import { LateCommits } from './late-commits.ts';
import { loadFile, loadGenerated } from './load-records.ts';
import { RecordStore } from './record-store.ts';
import { Scripts } from './scripts.ts';
import type { Simulator } from './simulator.ts';
import { Orders } from './sorting.ts';
import { DEFAULT_SWITCHES, type Switches } from './switches.ts';
import { Users } from './users.ts';

const DAY_MS = 86_400_000;

export interface ThreatConnectOptions {
  /** 0 (default): any free one. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** PEM texts for HTTPS instead of HTTP, also for `/_sim/`. */
  tls?: { cert: string; key: string };
  /** Default `/api`; an older public host had none. */
  basePath?: string;
  /** How many indicators are generated, unless `dataFile` is given; default 10,000. */
  records?: number;
  /** Default 1. */
  seed?: number;
  /** End of the generated time range, epoch milliseconds; default: the last midnight, UTC. */
  endMs?: number;
  /** Whether generated indicators have associations; default true. */
  associations?: boolean;
  /** File with raw indicators as NDJSON, which replace the generated ones. */
  dataFile?: string;
  credentials?: Partial<Credentials>;
  switches?: Partial<Switches>;
  /** Number of generated records that share one second; default 0. */
  oneSecond?: number;
  /** Calls of the control API before the first request: `POST /_sim/<name>` with this body. */
  controls?: readonly { name: string; body: unknown }[];
  /** Receives a line for each request under `/api`. */
  log?: (line: string) => void;
}

export interface RunningThreatConnect {
  /** Origin, without `/api`. */
  url: string;
  port: number;
  close(): Promise<void>;
}

/**
 * Starts a stand-in for a ThreatConnect instance: `/api/v3` as the vendor documents it, and `/_sim/` to control and
 * observe it. Records, clock, credentials and faults can only be reached over HTTP, so that a test works in the
 * same way with a server in its own process and with one in another process.
 *
 * What it does not do:
 * - TQL keywords `type`, `tagOwner*`, `associated*Source`, `hasCustomAssociation`, `address*`, `vt*`, `abuseIpdb*`, `dt*`,
 *   `riskIq*` and sub-queries about cases, artifacts, victims, requirements, `hasAllTags()`, `isGroup`: 400 `0x2001`;
 *   so are `parentGroup`, `childGroup` on groups and `displayed`, `associable`, `user`, `dateVal`, `intVal`, `maxSize` on
 *   attributes; `OPTIONS …/tql` lists what is evaluated
 * - TQL on `/v3/security/owners`: 400
 * - `GET /v3/openApi`, `OPTIONS /v3/indicators` itself, writes, every other list: 404 or 405
 * - each end stores an association separately: a generated association is shown at one end only, one of `associate` at
 *   both; a nested copy of an indicator keeps the values that it had when it was associated
 * - the text of a group in `/v3/groups` comes from the first record that contains it, until `updateGroup` changes it
 *   everywhere
 * - groups are associated with indicators only; cases, artifacts and victims are empty
 * - a crowd (`/_sim/crowds`) is found only through its record: not by its own ids, not in lists, not in `truth`
 * - `genericCustomIndicatorValues` does not know custom types
 * - single records, owners and the list of deleted indicators have none of the delays of a page (`recordDelayUs` …)
 * - the first Organization is the own one of every API user; a token belongs to the first user
 * - `createActivityLog` is ignored
 *
 * @throws {DataFileError} if the data file cannot be loaded
 */
export async function startThreatConnect(
  options: ThreatConnectOptions = {},
): Promise<RunningThreatConnect> {
  const simulator = await build(options);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(simulator, request, response, options.log).catch((error: unknown) => {
      // the client has closed the connection, or this server has a bug: there is no answer in both cases
      options.log?.(`failed ${request.url ?? ''}: ${String(error)}`);
      response.destroy();
    });
  };
  const { tls } = options;
  // the switch `maxTarget` limits the request line
  const limits = { maxHeaderSize: 1024 * 1024 };
  const server =
    tls === undefined
      ? createServer(limits, onRequest)
      : createTlsServer({ ...tls, ...limits }, onRequest);
  // longer than any client keeps an idle connection, so that no connection is reset by chance
  server.keepAliveTimeout = 120_000;
  const { host = '127.0.0.1', port = 0 } = options;
  await listen(server, port, host);
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `${simulator.site.scheme}://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    close: () => close(server, simulator),
  };
}

async function build(options: ThreatConnectOptions): Promise<Simulator> {
  const store = new RecordStore();
  if (options.dataFile !== undefined) await loadFile(store, options.dataFile);
  else {
    loadGenerated(store, options.records ?? 10_000, {
      seed: options.seed ?? 1,
      endMs: options.endMs ?? Math.floor(Date.now() / DAY_MS) * DAY_MS,
      associations: options.associations ?? true,
      oneSecond: options.oneSecond ?? 0,
    });
  }
  const scheme = options.tls === undefined ? 'http' : 'https';
  const simulator: Simulator = {
    site: { scheme, basePath: options.basePath ?? '/api' },
    clock: new Clock(),
    store,
    orders: new Orders(store),
    faults: new Faults(),
    damages: new Damages(),
    killers: new Killers(),
    crowds: new Crowds(store),
    groups: new Groups(store, options.dataFile === undefined ? groupDetails : () => []),
    late: new LateCommits(),
    users: new Users(),
    scripts: new Scripts(),
    counters: new Counters(),
    credentials: { ...DEFAULT_CREDENTIALS, ...options.credentials },
    switches: { ...DEFAULT_SWITCHES, ...options.switches },
  };
  for (const { name, body } of options.controls ?? []) {
    callControl(simulator, 'POST', `/_sim/${name}`, JSON.stringify(body));
  }
  return simulator;
}

async function answer(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
  log: ThreatConnectOptions['log'],
): Promise<void> {
  const { method = 'GET', url: target = '/' } = request;
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const body = await readBody(request);
  if (target.startsWith('/_sim/')) {
    await control(simulator, method, target, body, response);
    return;
  }
  if (!target.startsWith(`${simulator.site.basePath}/`)) {
    response.writeHead(404, { 'Content-Type': 'application/json' });
    response.end(new ApiError('notFound', 'The requested resource was not found').body);
    return;
  }
  const { kind, answer, fault } = await evaluate(simulator, request, body, gone.signal);
  const { status, records } = answer;
  const nowMs = simulator.clock.nowMs();
  const reached = gone.signal.aborted ? 0 : status;
  // counted before the first byte is sent, so that a client that has the answer finds it counted
  simulator.counters.add(
    { kind, target, status: reached, records, atMs: nowMs },
    answer.body.length,
  );
  log?.(`${kind} ${reached} ${records} ${method} ${target}`);
  await send(response, answer, fault, nowMs, gone.signal);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

/** Releases held requests and closes open connections. */
async function close(server: Server, { faults }: Simulator): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  faults.clear();
  server.closeAllConnections();
  await closed;
}
