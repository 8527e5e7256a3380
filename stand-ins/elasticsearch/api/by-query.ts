import {
  illegalArgument,
  invalidRequest,
  notInStandIn,
  parsingError,
  refuseUnknownFields,
} from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { asText, isObject, type JsonObject, toList } from '../json/exact.ts';
import { parseQuery } from '../search/query.ts';
import { MATCH_ALL } from '../search/query-tree.ts';
import { resolveNames } from '../state/names.ts';
import { toBytes } from '../state/source-slabs.ts';
import { type ByQueryResult, writeByQuery } from '../write/by-query.ts';
import { PLAIN } from '../write/operation.ts';
import { Writer } from '../write/writer.ts';
import { type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

const PARAMETERS = ['refresh', 'wait_for_completion'];

/** `_delete_by_query`, `_update_by_query` (without scripts) and `_reindex`. */
export const byQueryRoutes: readonly Route[] = [
  {
    api: 'by_query',
    methods: ['POST'],
    paths: ['/{index}/_delete_by_query'],
    parameters: [...NAME_PARAMETERS, ...PARAMETERS, 'conflicts'],
    handle: (call) => rewrite(call, 'delete'),
  },
  {
    api: 'by_query',
    methods: ['POST'],
    paths: ['/{index}/_update_by_query'],
    parameters: [...NAME_PARAMETERS, ...PARAMETERS, 'conflicts', 'pipeline'],
    handle: (call) => rewrite(call, 'index'),
  },
  {
    api: 'by_query',
    methods: ['POST'],
    paths: ['/_reindex'],
    parameters: PARAMETERS,
    handle: reindex,
  },
];

/** Writes or deletes the documents that match a query. A document that has changed meanwhile is a conflict. */
function rewrite(call: Call, action: 'delete' | 'index'): Answer {
  const { body, cluster, parameters } = call;
  const given = body.optionalObject();
  const other = Object.keys(given).find((name) => name !== 'query' && name !== 'conflicts');
  if (other !== undefined) throw parsingError(`Unknown key [${other}].`);
  if (given['query'] === undefined && action === 'delete') throw invalidRequest('query is missing');
  const indices = resolveNames(cluster, namesOf(call, 'index'), toNameOptions(parameters));
  const result = writeByQuery(
    cluster,
    indices,
    given['query'] === undefined ? MATCH_ALL : parseQuery(given['query']),
    {
      proceeds: proceedsOf(parameters.text('conflicts') ?? given['conflicts']),
      counted: action === 'index' ? ['updated'] : [],
      writer: new Writer(cluster, { pipeline: parameters.text('pipeline') ?? null }),
    },
    ({ name }, { id, seqNo, source }) => ({
      ...PLAIN,
      action,
      target: name,
      id,
      source: action === 'delete' ? PLAIN.source : toBytes(source),
      ifSeqNo: seqNo,
      ifPrimaryTerm: 1,
    }),
  );
  if (parameters.flag('refresh')) for (const index of indices) index.refresh();
  const names = indices.map(({ name }) => name).join(', ');
  const verb = action === 'delete' ? 'delete' : 'update';
  return answer(call, result, {
    action: `indices:data/write/${verb}/byquery`,
    description: `${verb}-by-query [${names}]`,
  });
}

/** Copies documents with their ids into another index. */
function reindex(call: Call): Answer {
  const { body, cluster, parameters } = call;
  const given = body.object();
  refuseUnknownFields('reindex', given, ['conflicts', 'dest', 'source']);
  const source = partOf(given, 'source', ['index', 'query']);
  const dest = partOf(given, 'dest', ['index', 'op_type', 'pipeline']);
  const { index: target, op_type: action = 'index', pipeline = null } = dest;
  if (typeof target !== 'string') throw invalidRequest('index is missing');
  if (action !== 'create' && action !== 'index')
    throw illegalArgument(`opType must be 'create' or 'index', found: [${asText(action)}]`);
  const options = { ignoreUnavailable: false, allowNoIndices: true, hidden: false, streams: true };
  const indices = resolveNames(cluster, toList(source['index']), options);
  const optional = { ...options, ignoreUnavailable: true };
  if (resolveNames(cluster, [target], optional).some((index) => indices.includes(index)))
    throw invalidRequest(`reindex cannot write into an index its reading from [${target}]`);
  const result = writeByQuery(
    cluster,
    indices,
    source['query'] === undefined ? MATCH_ALL : parseQuery(source['query']),
    {
      proceeds: proceedsOf(given['conflicts']),
      counted: ['created', 'updated'],
      writer: new Writer(cluster, { pipeline: pipeline === null ? null : asText(pipeline) }),
    },
    (_index, document) => ({
      ...PLAIN,
      action,
      target,
      id: document.id,
      source: toBytes(document.source),
    }),
  );
  if (parameters.flag('refresh'))
    for (const index of resolveNames(cluster, [target], optional)) index.refresh();
  const names = indices.map(({ name }) => name).join(', ');
  return answer(call, result, {
    action: 'indices:data/write/reindex',
    description: `reindex from [${names}] to [${target}]`,
  });
}

function partOf(given: JsonObject, name: string, known: readonly string[]): JsonObject {
  const part = given[name];
  if (!isObject(part)) throw illegalArgument(`Required [${name}]`);
  const other = Object.keys(part).find((one) => !known.includes(one));
  if (other !== undefined) throw notInStandIn(`[${other}] of a reindex's ${name}`);
  return part;
}

function proceedsOf(conflicts: unknown = 'abort'): boolean {
  if (conflicts === 'abort' || conflicts === 'proceed') return conflicts === 'proceed';
  throw illegalArgument(`conflicts may only be "proceed" or "abort"`);
}

/** The result itself or, if the client does not wait, the id of a task that has it. */
function answer(
  { cluster, parameters }: Call,
  { status, response }: ByQueryResult,
  what: { action: string; description: string },
): Answer {
  if (parameters.flag('wait_for_completion', true)) return { status, body: response };
  return ok({ task: `${cluster.nodeId}:${cluster.tasks.add(what, response)}` });
}
