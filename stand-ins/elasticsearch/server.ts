import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { absentRoutes } from './api/absent.ts';
import { aliasRoutes } from './api/aliases.ts';
import { bulkRoutes } from './api/bulk.ts';
import { byQueryRoutes } from './api/by-query.ts';
import { componentTemplateRoutes } from './api/component-templates.ts';
import { dataStreamRoutes } from './api/data-streams.ts';
import { documentRoutes } from './api/documents.ts';
import { indexTemplateRoutes } from './api/index-templates.ts';
import { indexRoutes } from './api/indices.ts';
import { infoRoutes } from './api/info.ts';
import { lifecycleRoutes } from './api/lifecycles.ts';
import { mappingRoutes } from './api/mappings.ts';
import { mgetRoutes } from './api/mget.ts';
import { pipelineRoutes } from './api/pipelines.ts';
import { pointInTimeRoutes } from './api/points-in-time.ts';
import { policyRoutes } from './api/policies.ts';
import { reindexRoutes } from './api/reindex.ts';
import { rolloverRoutes } from './api/rollover.ts';
import { searchRoutes } from './api/search.ts';
import { securityRoutes } from './api/security.ts';
import { settingsRoutes } from './api/settings.ts';
import { streamLifecycleRoutes } from './api/stream-lifecycles.ts';
import { transformTaskRoutes } from './api/transform-tasks.ts';
import { transformRoutes } from './api/transforms.ts';
import { taskRoutes } from './api/tasks.ts';
import { type Asked } from './http/asked.ts';
import { handleRequest, type ListenerOptions } from './http/listener.ts';
import { readBody, TooLargeError } from './http/read-body.ts';
import { type Route, Router } from './http/router.ts';
import { type Credentials } from './http/security.ts';
import { type Server } from './api/call.ts';
import { settleLifecycles } from './lifecycle/settle.ts';
import { type Transform } from './transform/transform.ts';
import { control, type Controlled } from './sim/control.ts';
import { installBuiltIns } from './state/built-in.ts';
import { Cluster } from './state/cluster.ts';

export interface ElasticsearchOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  readonly host?: string;
  /** What `GET /` says; its major decides which compatible versions are taken. */
  readonly version?: string;
  /** Without credentials security is off. */
  readonly credentials?: Credentials;
  /** `http.max_content_length`: unpacked bytes of a request's body. */
  readonly maxBodyBytes?: number;
  /** A line for each answered request. */
  readonly log?: (line: string) => void;
}

export interface RunningElasticsearch {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const DEFAULT_VERSION = '8.19.0';
const DEFAULT_MAX_BODY_BYTES = 104_857_600;

const ROUTES = [
  absentRoutes,
  infoRoutes,
  indexTemplateRoutes,
  componentTemplateRoutes,
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
  bulkRoutes,
  documentRoutes,
  mgetRoutes,
  searchRoutes,
  pointInTimeRoutes,
  transformRoutes,
  transformTaskRoutes,
  byQueryRoutes,
  reindexRoutes,
  taskRoutes,
].flat();

/**
 * Starts a stateful stand-in for a single Elasticsearch node that real clients accept. Its state is reached over HTTP
 * only: the Elasticsearch API, and under `/_sim/` the control API of `sim/control.ts`.
 *
 * Not yet (an API, query or option that is missing is answered 501 `not_in_stand_in`; what is taken without effect is
 * said here):
 * - `null_value`, `copy_to`, `subobjects`; values of rare field types (501 when a document brings one);
 * - roles, API keys and privileges: who may ask may do everything;
 * - transforms: `pivot`, runtime mappings, `_preview`, `_upgrade`, `_node_stats`, deduced mappings; remote sources;
 *   `docs_per_second`, `align_checkpoints` and the like have no effect; no privileges, so no `authorization`;
 * - ranges of addresses but in `term` and `terms`;
 * - failure store; of lifecycle policies all actions but `rollover` of data streams, `set_priority` and
 *   `delete` (an index that meets another one stops there with an error); downsampling;
 * - scroll, highlighting, queries of nested objects, most full-text queries, real scores;
 * - aggregations other than `terms`, `composite` of terms, `date_histogram`, `filter`, `missing`, `top_hits` and the
 *   metrics of one value; slices of a point in time;
 * - scripts, processors other than `set` and `remove`, their conditions, `on_failure`, pipelines on upserts;
 * - versions that the client gives; detection of numbers and of other dates in new fields;
 * - rollover of aliases; more than one shard; closed and blocked indices; date math in index names;
 * - waiting for active shards; synthetic sources;
 * - longs beyond 2^53 in queries and sorts (stored sources keep them exactly);
 * - YAML, CBOR and SMILE bodies; `error_trace`.
 */
export async function startElasticsearch(
  options: ElasticsearchOptions = {},
): Promise<RunningElasticsearch> {
  const cluster = new Cluster(options.version ?? DEFAULT_VERSION);
  installBuiltIns(cluster);
  const closing = new AbortController();
  const credentials = options.credentials ?? {};
  const transforms = new Map<string, Transform>();
  const listener: ListenerOptions = {
    counters: cluster.counters,
    faults: cluster.faults,
    major: cluster.major,
    catchUp: () => settleLifecycles(cluster),
    router: new Router(routesOn({ cluster, transforms, credentials })),
    credentials,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    log: options.log ?? (() => undefined),
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
  const host = options.host ?? '127.0.0.1';
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
    Object.assign(route, { handle: (asked: Asked) => handle({ ...asked, ...server }) }),
  );
}

async function handleControl(
  controlled: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { bytes } = await readBody(request, DEFAULT_MAX_BODY_BYTES);
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const answer = await control(controlled, request.method ?? '', url, bytes.toString('utf8'));
  response.writeHead(answer.status, { 'content-type': answer.contentType });
  await pipeline(Readable.from(answer.chunks), response);
}

/** A bug of the stand-in must not look like an answer of the server. */
function fail(response: ServerResponse, error: unknown): void {
  if (!(error instanceof TooLargeError)) console.error(error);
  if (response.headersSent) response.destroy();
  else {
    const reason = error instanceof Error ? error.message : String(error);
    const body = JSON.stringify({ error: { type: 'stand_in_failure', reason }, status: 500 });
    response.writeHead(500, { 'content-type': 'application/json' }).end(body);
  }
}
