import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { aliasRoutes } from './api/aliases.ts';
import { bulkRoutes } from './api/bulk.ts';
import { byQueryRoutes } from './api/by-query.ts';
import { dataStreamRoutes } from './api/data-streams.ts';
import { documentRoutes } from './api/documents.ts';
import { indexRoutes } from './api/indices.ts';
import { infoRoutes } from './api/info.ts';
import { lifecycleRoutes } from './api/lifecycles.ts';
import { mappingRoutes } from './api/mappings.ts';
import { mgetRoutes } from './api/mget.ts';
import { pipelineRoutes } from './api/pipelines.ts';
import { pointInTimeRoutes } from './api/points-in-time.ts';
import { policyRoutes } from './api/policies.ts';
import { rolloverRoutes } from './api/rollover.ts';
import { searchRoutes } from './api/search.ts';
import { refuseOnServerless } from './api/serverless.ts';
import { securityRoutes } from './api/security.ts';
import { settingsRoutes } from './api/settings.ts';
import { statsRoutes } from './api/stats.ts';
import { streamOverrideRoutes } from './api/stream-overrides.ts';
import { streamLifecycleRoutes } from './api/stream-lifecycles.ts';
import { taskRoutes } from './api/tasks.ts';
import { transformRoutes } from './api/transforms.ts';
import { templateRoutes } from './api/templates.ts';
import { type Asked } from './http/asked.ts';
import { handleRequest, type ListenerOptions } from './http/listener.ts';
import { RequestBody } from './http/request-body.ts';
import { type Route, Router } from './http/router.ts';
import { type Server } from './api/call.ts';
import { ALL_PRIVILEGES, type ApiKey, ApiKeys } from './security/api-keys.ts';
import { authorize } from './security/authorize.ts';
import { settleLifecycles } from './lifecycle/settle.ts';
import { type Transform } from './transform/transform.ts';
import { control, type Controlled } from './sim/control.ts';
import { installBuiltIns } from './state/built-in.ts';
import { Cluster } from './state/cluster.ts';
import { type Flavour } from './state/version.ts';

export interface ElasticsearchOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  /** The version that `GET /` shows, and by which some answers differ. */
  readonly version?: string;
  /** Default: `stack`. */
  readonly flavour?: Flavour;
  /** A key with all privileges. Without any key security is off. */
  readonly credentials?: Credentials;
  /** Keys with the privileges that they name. */
  readonly apiKeys?: readonly ApiKey[];
}

export interface Credentials {
  /** Base64 of `id:key`, as in `Authorization: ApiKey …`. */
  readonly apiKey?: string | undefined;
}

export interface RunningElasticsearch {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const DEFAULT_VERSION = '8.19.0';
/** The number of every Serverless project; it means nothing. */
const SERVERLESS_VERSION = '8.11.0';

export const ROUTES = [
  infoRoutes,
  templateRoutes,
  pipelineRoutes,
  dataStreamRoutes,
  rolloverRoutes,
  indexRoutes,
  mappingRoutes,
  settingsRoutes,
  securityRoutes,
  aliasRoutes,
  policyRoutes,
  lifecycleRoutes,
  streamLifecycleRoutes,
  streamOverrideRoutes,
  statsRoutes,
  bulkRoutes,
  documentRoutes,
  mgetRoutes,
  searchRoutes,
  pointInTimeRoutes,
  transformRoutes,
  byQueryRoutes,
  taskRoutes,
].flat();

/**
 * Starts a stateful stand-in for a single Elasticsearch node that real clients accept. Its state can be reached over HTTP
 * only: by the Elasticsearch API, and below `/_sim/` by the control API of `sim/control.ts`.
 *
 * It has the APIs, parameters, queries and types that the program, its tests and its open issues use. It refuses
 * everything else with 400 or 501. Differences that it does not refuse are in its README.
 */
export async function startElasticsearch(
  options: ElasticsearchOptions = {},
): Promise<RunningElasticsearch> {
  const { flavour = 'stack' } = options;
  const version = flavour === 'serverless' ? SERVERLESS_VERSION : DEFAULT_VERSION;
  const cluster = new Cluster(options.version ?? version, flavour);
  installBuiltIns(cluster);
  const closing = new AbortController();
  const keys = new ApiKeys([...firstKey(options.credentials ?? {}), ...(options.apiKeys ?? [])]);
  const transforms = new Map<string, Transform>();
  const listener: ListenerOptions = {
    counters: cluster.counters,
    faults: cluster.faults,
    catchUp: () => settleLifecycles(cluster),
    router: new Router(routesOn({ cluster, transforms, keys })),
    keys,
    closing: closing.signal,
  };
  const server = createServer((request, response) => {
    const handled = request.url?.startsWith('/_sim/')
      ? handleControl({ cluster, transforms }, request, response)
      : handleRequest(listener, request, response);
    handled.catch((error: unknown) => fail(response, error));
  });
  // like the real server, which never closes an idle connection; clients keep them in pools
  server.keepAliveTimeout = 0;
  const host = '127.0.0.1';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(options.port ?? 0, host, resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${host}:${port}`,
    port,
    close: async () => {
      closing.abort();
      cluster.faults.disarm();
      for (const transform of transforms.values()) transform.stop(false);
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

function routesOn(server: Server): Route[] {
  return ROUTES.map(({ handle, ...route }) =>
    Object.assign(route, {
      handle: (asked: Asked) => {
        const call = { ...asked, ...server };
        authorize(route, call);
        if (server.cluster.flavour === 'serverless') refuseOnServerless(route, asked);
        return handle(call);
      },
    }),
  );
}

function firstKey({ apiKey }: Credentials): ApiKey[] {
  if (apiKey === undefined) return [];
  const [id = '', key = ''] = Buffer.from(apiKey, 'base64').toString('utf8').split(':');
  return [{ id, name: 'stand-in', key, ...ALL_PRIVILEGES }];
}

async function handleControl(
  controlled: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { text } = await RequestBody.read(request);
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const answer = await control(controlled, request.method ?? '', url, text);
  response.writeHead(answer.status, { 'content-type': answer.contentType });
  await pipeline(Readable.from(answer.chunks), response);
}

/** A bug of the stand-in must not look like an answer of the server. */
function fail(response: ServerResponse, error: unknown): void {
  console.error(error);
  if (response.headersSent) response.destroy();
  else {
    const reason = error instanceof Error ? error.message : String(error);
    const body = JSON.stringify({ error: { type: 'stand_in_failure', reason }, status: 500 });
    response.writeHead(500, { 'content-type': 'application/json' }).end(body);
  }
}
