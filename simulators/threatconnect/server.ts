import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { evaluate } from './api/evaluate.ts';
import { send } from './api/send.ts';
import { ApiError } from './api-error.ts';
import { Clock } from './clock.ts';
import { control } from './control/control.ts';
import { Counters } from './counters.ts';
import { DEFAULT_CREDENTIALS, type Credentials } from './credentials.ts';
import { Damages } from './damages.ts';
import { Faults } from './faults.ts';
import { loadFile, loadGenerated } from './load-records.ts';
import { RecordStore } from './record-store.ts';
import { Scripts } from './scripts.ts';
import type { Simulator } from './simulator.ts';
import { Orders } from './sorting.ts';
import { DEFAULT_SWITCHES, type Switches } from './switches.ts';

const DAY_MS = 86_400_000;

export interface ThreatConnectOptions {
  /** 0 (default): any free one. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** How many indicators are generated, unless `dataFile` is given; default 10,000. */
  records?: number;
  /** Default 1. */
  seed?: number;
  /** End of the generated time range, epoch milliseconds; default the last midnight, UTC. */
  endMs?: number;
  /** Generated indicators carry associations; default true. */
  associations?: boolean;
  /** NDJSON of raw indicators instead of generated ones. */
  dataFile?: string;
  credentials?: Partial<Credentials>;
  switches?: Partial<Switches>;
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
 * Starts a stand-in for a ThreatConnect instance: `/api/v3` as the vendor documents it, and `/_sim/` to steer and
 * observe it. Records, clock, credentials and faults are reached over HTTP alone, so that a test does the same to a
 * server in its own process and to one in another.
 *
 * Not yet:
 * - TQL sub-queries (`hasIndicator()`, `hasGroup()`, …): parsed, answered 400
 * - TQL keywords `type`, `tagOwner*`, `associatedIndicator`, `associated*Source`, `hasCustomAssociation`,
 *   `threatAssessLastUpdated`, `address*`, `vt*`, `abuseIpdb*`, `dt*`, `riskIq*`: 400; `indicatorId` is unknown here, it
 *   belongs to `/v3/indicatorAttributes`
 * - stamps without a zone are always UTC in TQL
 * - dot paths in `fields` are answered like their first part; no limit on association levels
 * - `/v3/groups`, `/v3/indicatorAttributes`, `/v3/tags`, `/v3/securityLabels`; nested collections are never cut
 * - associations are copies made when a record was generated: a change shows on one end alone, and group changes nowhere
 * - which changes move `lastModified`: here all do; no silent changes (scores, observations, enrichment), no switches
 * - merging Files; administrator's own types in `genericCustomIndicatorValues`
 * - `OPTIONS …/fields` and `…/tql`, `GET /v3/openApi`, writes
 * - TQL on `/v3/security/owners`; one API user only, whose own Organization is the first
 * - response time that grows with `resultStart` and `fields`; TQL time-outs (a `status` fault stands in for both)
 * - plain HTTP only; `createActivityLog` is read over
 *
 * @throws {DataFileError} when the data file cannot be loaded
 */
export async function startThreatConnect(
  options: ThreatConnectOptions = {},
): Promise<RunningThreatConnect> {
  const simulator = await build(options);
  const server = createServer((request, response) => {
    void answer(simulator, request, response, options.log).catch((error: unknown) => {
      // the client has gone, or this server has a bug: either way there is no answer
      options.log?.(`failed ${request.url ?? ''}: ${String(error)}`);
      response.destroy();
    });
  });
  // longer than any client keeps a connection for reuse, so that none is reset by chance
  server.keepAliveTimeout = 120_000;
  const { host = '127.0.0.1', port = 0 } = options;
  await listen(server, port, host);
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
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
    });
  }
  return {
    clock: new Clock(),
    store,
    orders: new Orders(store),
    faults: new Faults(),
    damages: new Damages(),
    scripts: new Scripts(),
    counters: new Counters(),
    credentials: { ...DEFAULT_CREDENTIALS, ...options.credentials },
    switches: { ...DEFAULT_SWITCHES, ...options.switches },
  };
}

async function answer(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
  log: ThreatConnectOptions['log'],
): Promise<void> {
  const { method = 'GET', url: target = '/' } = request;
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const body = await readBody(request);
  if (target.startsWith('/_sim/')) {
    await control(simulator, method, target, body, response);
    return;
  }
  if (!target.startsWith('/api/')) {
    response.writeHead(404, { 'Content-Type': 'application/json' });
    response.end(new ApiError('notFound', 'The requested resource was not found').body);
    return;
  }
  const { kind, answer, fault } = await evaluate(simulator, request, body, gone.signal);
  const { status, records } = answer;
  const nowMs = simulator.clock.nowMs();
  const reached = gone.signal.aborted ? 0 : status;
  // counted before the first byte leaves: whoever has the answer finds it counted
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

/** Releases what is held, breaks off what is open. */
async function close(server: Server, { faults }: Simulator): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  faults.clear();
  server.closeAllConnections();
  await closed;
}
