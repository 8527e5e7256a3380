import { illegalArgument, invalidRequest, notInStandIn, parsingError } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { asText } from '../json/exact.ts';
import { parseQuery } from '../search/query.ts';
import { MATCH_ALL, type Query } from '../search/query-tree.ts';
import { type StoredDocument } from '../state/documents.ts';
import { type Index } from '../state/index.ts';
import { resolveNames } from '../state/names.ts';
import { asItIs } from '../state/target.ts';
import { toBytes } from '../state/source-slabs.ts';
import { type ByQueryOptions, type ByQueryResult, writeByQuery } from '../write/by-query.ts';
import { type Action, type Operation } from '../write/operation.ts';
import { Writer } from '../write/writer.ts';
import { type Call, namesOf, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

export const BY_QUERY_PARAMETERS = [
  'max_docs',
  'refresh',
  'requests_per_second',
  'scroll',
  'scroll_size',
  'slices',
  'timeout',
  'wait_for_active_shards',
  'wait_for_completion',
];

const PARAMETERS = [
  ...NAME_PARAMETERS,
  ...BY_QUERY_PARAMETERS,
  'conflicts',
  'pipeline',
  'preference',
  'request_cache',
  'routing',
  'search_timeout',
  'search_type',
  'terminate_after',
];

/** `_delete_by_query` and `_update_by_query`, the latter without scripts. */
export const byQueryRoutes: readonly Route[] = [
  {
    api: 'by_query',
    methods: ['POST'],
    paths: ['/{index}/_delete_by_query'],
    parameters: PARAMETERS,
    handle: (call) => handle(call, 'delete'),
  },
  {
    api: 'by_query',
    methods: ['POST'],
    paths: ['/{index}/_update_by_query'],
    parameters: PARAMETERS,
    handle: (call) => handle(call, 'index'),
  },
];

const FIELDS = new Set(['conflicts', 'max_docs', 'query']);
const ABSENT = new Set(['script', 'slice', 'sort', 'size']);

function handle(call: Call, action: 'delete' | 'index'): Answer {
  const { body, cluster, parameters } = call;
  const given = body.optionalObject();
  for (const name of Object.keys(given)) {
    if (ABSENT.has(name)) throw notInStandIn(`[${name}] of a write by query`);
    if (!FIELDS.has(name)) throw parsingError(`Unknown key [${name}].`);
  }
  const query: Query | null = given['query'] === undefined ? null : parseQuery(given['query']);
  if (query === null && action === 'delete') throw invalidRequest('query is missing');
  const conflicts = asText(parameters.text('conflicts') ?? given['conflicts'] ?? 'abort');
  const options = optionsOf(call, query ?? MATCH_ALL, conflicts, given['max_docs']);
  const targets = resolveNames(cluster, namesOf(call, 'index'), toNameOptions(parameters));
  const writer = newWriter(call, parameters.text('pipeline') ?? null);
  const result = writeByQuery(
    cluster,
    targets.map(asItIs),
    options,
    action === 'index' ? ['updated'] : [],
    writer,
    (index, document) => unchanged(index, document, action),
  );
  if (parameters.flag('refresh')) for (const { index } of targets) index.refresh();
  const names = namesOf(call, 'index').join(', ');
  return answer(call, result, {
    action:
      action === 'delete'
        ? 'indices:data/write/delete/byquery'
        : 'indices:data/write/update/byquery',
    description: `${action === 'delete' ? 'delete' : 'update'}-by-query [${names}]`,
  });
}

/** @throws {ApiError} 400 for options that make no sense, 501 for what is missing here */
export function optionsOf(
  { parameters }: Call,
  query: Query,
  conflicts: string,
  maxDocs: unknown,
): ByQueryOptions {
  if (conflicts !== 'abort' && conflicts !== 'proceed') {
    throw illegalArgument(`conflicts may only be "proceed" or "abort" but was [${conflicts}]`);
  }
  const slices = parameters.text('slices') ?? 'auto';
  if (slices !== 'auto' && slices !== '1') throw notInStandIn(`[slices] as [${slices}]`);
  const given = parameters.integer('max_docs') ?? (maxDocs === undefined ? null : Number(maxDocs));
  return {
    query,
    proceeds: conflicts === 'proceed',
    batchSize: parameters.integer('scroll_size') ?? 1_000,
    maxDocs: given === -1 ? null : given,
    requestsPerSecond: Number(parameters.text('requests_per_second') ?? '-1'),
  };
}

export function newWriter({ cluster }: Call, pipeline: string | null): Writer {
  return new Writer(cluster, {
    pipeline,
    listPipelines: false,
    forcedRefresh: false,
    single: false,
    updatedSource: false,
  });
}

export const PLAIN: Omit<Operation, 'action' | 'id' | 'source' | 'target'> = {
  update: null,
  ifSeqNo: null,
  ifPrimaryTerm: null,
  pipeline: null,
  routing: null,
  retryOnConflict: 0,
  requireAlias: false,
  requireDataStream: false,
};

/** A write that fails where the document is not the one that was found. */
function unchanged(index: Index, document: StoredDocument, action: Action): Operation {
  const source = action === 'delete' ? new Uint8Array(0) : toBytes(document.source);
  const { id, seqNo: ifSeqNo } = document;
  return { ...PLAIN, action, target: index.name, id, source, ifSeqNo, ifPrimaryTerm: 1 };
}

/** The result itself or, for who does not wait, the task that has it. */
export function answer(
  { cluster, parameters }: Call,
  result: ByQueryResult,
  task: { action: string; description: string },
): Answer {
  const { status, progress, response } = result;
  if (parameters.flag('wait_for_completion', true)) return { status, body: response };
  const startedMs = cluster.clock.nowMs();
  const { id } = cluster.tasks.add({ ...task, startedMs, status: progress, response });
  return { status: 200, body: { task: `${cluster.nodeId}:${id}` } };
}
