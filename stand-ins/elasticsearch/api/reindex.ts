import {
  ApiError,
  illegalArgument,
  invalidRequest,
  notInStandIn,
  refuseUnknownFields,
} from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { asText, isObject, type JsonObject, stringify, toList } from '../json/exact.ts';
import { parseQuery } from '../search/query.ts';
import { MATCH_ALL } from '../search/query-tree.ts';
import { shownSource, sourceOfBody, WHOLE_SOURCE } from '../search/source-filter.ts';
import { type StoredDocument } from '../state/documents.ts';
import { resolveNames } from '../state/names.ts';
import { asItIs } from '../state/target.ts';
import { toBytes } from '../state/source-slabs.ts';
import { writeByQuery } from '../write/by-query.ts';
import { answer, BY_QUERY_PARAMETERS, newWriter, optionsOf, PLAIN } from './by-query.ts';
import { type Call, type Route } from './call.ts';

/** `_reindex`: copies documents with their ids into another index. */
export const reindexRoutes: readonly Route[] = [
  {
    api: 'by_query',
    methods: ['POST'],
    paths: ['/_reindex'],
    parameters: [...BY_QUERY_PARAMETERS, 'require_alias'],
    handle: reindex,
  },
];

const OPTIONS = { ignoreUnavailable: false, allowNoIndices: true, hidden: false, streams: true };

function reindex(call: Call): Answer {
  const { body, cluster, parameters } = call;
  const given = body.object();
  const known = ['conflicts', 'dest', 'max_docs', 'script', 'size', 'source'];
  refuseUnknownFields('reindex', given, known);
  for (const name of ['script', 'size']) {
    if (given[name] !== undefined) throw notInStandIn(`[${name}] of a reindex`);
  }
  const [source, dest] = [partOf(given, 'source'), partOf(given, 'dest')];
  const names = toList(source['index']);
  const target = dest['index'];
  const faults = [
    ...(names.length === 0
      ? ['use _all if you really want to copy from all existing indexes']
      : []),
    ...(typeof target === 'string' ? [] : ['index is missing']),
  ];
  if (faults.length > 0 || typeof target !== 'string') throw invalidRequest(...faults);
  const opType = asText(dest['op_type'] ?? 'index');
  if (opType !== 'create' && opType !== 'index') {
    throw illegalArgument(`opType must be 'create' or 'index', found: [${opType}]`);
  }
  const targets = resolveNames(cluster, names, OPTIONS);
  const written = cluster.streams.has(target)
    ? []
    : resolveNames(cluster, [target], { ...OPTIONS, ignoreUnavailable: true });
  if (written.some(({ index }) => targets.some((one) => one.index === index))) {
    throw invalidRequest(`reindex cannot write into an index its reading from [${target}]`);
  }
  const query = source['query'];
  const options = optionsOf(
    call,
    query === undefined ? MATCH_ALL : parseQuery(query),
    asText(given['conflicts'] ?? 'abort'),
    given['max_docs'],
  );
  const filter = source['_source'] === undefined ? WHOLE_SOURCE : sourceOfBody(source['_source']);
  const copied = (document: StoredDocument): Uint8Array =>
    filter === WHOLE_SOURCE
      ? toBytes(document.source)
      : Buffer.from(stringify(shownSource(document, filter)));
  const pipeline = dest['pipeline'] === undefined ? null : asText(dest['pipeline']);
  const result = writeByQuery(
    cluster,
    targets.map(asItIs),
    { ...options, batchSize: Number(source['size'] ?? 1_000) },
    ['created', 'updated'],
    newWriter(call, pipeline),
    (_index, document) => ({
      ...PLAIN,
      action: opType,
      target,
      id: document.id,
      source: copied(document),
      requireAlias: parameters.flag('require_alias'),
    }),
  );
  if (parameters.flag('refresh')) {
    for (const { index } of resolveNames(cluster, [target], {
      ...OPTIONS,
      ignoreUnavailable: true,
    }))
      index.refresh();
  }
  const description = `reindex from [${names.join(', ')}] to [${target}]`;
  return answer(call, result, { action: 'indices:data/write/reindex', description });
}

const FIELDS = {
  source: ['_source', 'index', 'query', 'remote', 'runtime_mappings', 'size', 'slice', 'sort'],
  dest: ['index', 'op_type', 'pipeline', 'routing', 'version_type'],
};
const ABSENT = new Set(['remote', 'routing', 'runtime_mappings', 'slice', 'sort', 'version_type']);

function partOf(given: JsonObject, name: 'dest' | 'source'): JsonObject {
  const part = given[name];
  if (!isObject(part)) {
    const type = 'illegal_argument_exception';
    throw new ApiError(400, { type, reason: `Required [${name}]` });
  }
  refuseUnknownFields(name, part, FIELDS[name]);
  const absent = Object.keys(part).find((one) => ABSENT.has(one));
  if (absent !== undefined) throw notInStandIn(`[${absent}] of a reindex's ${name}`);
  return part;
}
