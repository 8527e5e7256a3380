import { type estypes } from '@elastic/elasticsearch';

import {
  ApiError,
  illegalArgument,
  indexNotFound,
  invalidRequest,
  notInStandIn,
  parseFailure,
  resourceNotFound,
} from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { RawJson } from '../json/exact.ts';
import {
  shownSource,
  SOURCE_PARAMETERS,
  sourceOfParameters,
  WHOLE_SOURCE,
} from '../search/source-filter.ts';
import { type StoredDocument } from '../state/documents.ts';
import { type Index } from '../state/index.ts';
import { aliasedStreams, resolveOne } from '../state/names.ts';
import { toText } from '../state/source-slabs.ts';
import { parseUpdate } from '../write/bulk-lines.ts';
import { type Action, faultsOf, type Operation, type UpdateBody } from '../write/operation.ts';
import { applyRefresh, refreshPolicy } from '../write/refresh.ts';
import { Writer } from '../write/writer.ts';
import { type Call, type Route } from './call.ts';

const WRITE_PARAMETERS = [
  'if_primary_term',
  'if_seq_no',
  'op_type',
  'pipeline',
  'refresh',
  'require_alias',
  'require_data_stream',
  'routing',
  'timeout',
  'wait_for_active_shards',
];
const GET_PARAMETERS = [...SOURCE_PARAMETERS, 'preference', 'realtime', 'refresh', 'routing'];

/** Single documents by their id: `_doc`, `_create`, `_update`, `_source`. */
export const documentRoutes: readonly Route[] = [
  {
    api: 'doc',
    methods: ['PUT', 'POST'],
    paths: ['/{index}/_doc/{id}'],
    parameters: WRITE_PARAMETERS,
    handle: (call) => put(call, opType(call, 'index')),
  },
  {
    api: 'doc',
    methods: ['POST'],
    paths: ['/{index}/_doc'],
    parameters: WRITE_PARAMETERS,
    handle: (call) => put(call, opType(call, 'create')),
  },
  {
    api: 'doc',
    methods: ['PUT', 'POST'],
    paths: ['/{index}/_create/{id}'],
    parameters: WRITE_PARAMETERS,
    handle: (call) => put(call, 'create'),
  },
  {
    api: 'doc',
    methods: ['DELETE'],
    paths: ['/{index}/_doc/{id}'],
    parameters: WRITE_PARAMETERS,
    handle: (call) => write(call, 'delete', new Uint8Array(0), null),
  },
  {
    api: 'doc',
    methods: ['POST'],
    paths: ['/{index}/_update/{id}'],
    parameters: [...WRITE_PARAMETERS, ...SOURCE_PARAMETERS, 'lang', 'retry_on_conflict'],
    handle: (call) =>
      write(
        call,
        'update',
        call.body.bytes,
        parseUpdate(call.body.isEmpty ? '{}' : call.body.text),
      ),
  },
  {
    api: 'doc',
    methods: ['GET', 'HEAD'],
    paths: ['/{index}/_doc/{id}'],
    parameters: GET_PARAMETERS,
    handle: get,
  },
  {
    api: 'doc',
    methods: ['GET', 'HEAD'],
    paths: ['/{index}/_source/{id}'],
    parameters: GET_PARAMETERS,
    handle: getSource,
  },
];

async function put(call: Call, action: Action): Promise<Answer> {
  if (call.body.isEmpty) throw parseFailure('request body is required');
  return write(call, action, call.body.bytes, null);
}

async function write(
  call: Call,
  action: Action,
  source: Uint8Array,
  update: UpdateBody | null,
): Promise<Answer> {
  const { cluster, parameters } = call;
  const policy = refreshPolicy(call.parameters.text('refresh'));
  const operation: Operation = {
    action,
    target: call.parts['index'] ?? '',
    id: call.parts['id'] ?? null,
    source,
    update,
    ifSeqNo: parameters.integer('if_seq_no', 'long') ?? null,
    ifPrimaryTerm: parameters.integer('if_primary_term', 'long') ?? null,
    pipeline: null,
    routing: parameters.text('routing') ?? null,
    retryOnConflict: parameters.integer('retry_on_conflict') ?? 0,
    requireAlias: parameters.flag('require_alias'),
    requireDataStream: parameters.flag('require_data_stream'),
  };
  const faults = faultsOf(operation);
  if (faults.length > 0) throw invalidRequest(...faults);
  const shown = parameters.text('_source');
  const writer = new Writer(cluster, {
    pipeline: parameters.text('pipeline') ?? null,
    listPipelines: false,
    forcedRefresh: policy === 'true',
    single: true,
    updatedSource: shown !== undefined && shown !== 'false',
  });
  const outcome = writer.write(operation);
  if (outcome.error !== null) throw outcome.error;
  await applyRefresh(policy, writer.touched, call.signal);
  const location = `/${encodeURIComponent(outcome.index)}/_doc/${encodeURIComponent(outcome.id ?? '')}`;
  return {
    status: outcome.status,
    body: outcome.body,
    ...(outcome.status === 201 ? { headers: { location } } : {}),
  };
}

/** Without an id the server makes one and so creates. */
function opType(call: Call, fallback: Action): Action {
  const value = call.parameters.text('op_type')?.toLowerCase();
  if (value === undefined) return fallback;
  if (value === 'create' || value === 'index') return value;
  throw illegalArgument(`opType must be 'create' or 'index', found: [${value}]`);
}

function get(call: Call): Answer {
  const { index, document } = find(call);
  const { id = '' } = call.parts;
  if (document === null) {
    return {
      status: 404,
      body: { _index: index.name, _id: id, found: false } satisfies estypes.GetResponse,
    };
  }
  const filter = sourceOfParameters(call.parameters) ?? WHOLE_SOURCE;
  const body = {
    ...metadataOf(index, document),
    found: true,
    _source: shownSource(document, filter),
  } satisfies estypes.GetResponse;
  return { status: 200, body };
}

function getSource(call: Call): Answer {
  const { index, document } = find(call);
  const { id = '' } = call.parts;
  if (document === null) throw resourceNotFound(`Document not found [${index.name}]/[${id}]`);
  const filter = sourceOfParameters(call.parameters);
  return {
    status: 200,
    body: filter === null ? new RawJson(toText(document.source)) : shownSource(document, filter),
  };
}

function find(call: Call): { index: Index; document: StoredDocument | null } {
  const { cluster, parameters } = call;
  const { index: name = '', id = '' } = call.parts;
  if (parameters.text('stored_fields') !== undefined)
    throw notInStandIn('[stored_fields] of a get');
  if (aliasedStreams(cluster, name).length > 0) throw indexNotFound(name, true);
  const index = resolveOne(cluster, name);
  if (parameters.flag('refresh')) index.refresh();
  const document = readDocument(index, id, parameters.flag('realtime', true));
  const version = parameters.integer('version', 'long');
  if (document !== null && version !== undefined && version !== document.version) {
    throw new ApiError(409, {
      type: 'version_conflict_engine_exception',
      reason: `[${id}]: version conflict, current version [${document.version}] is different than the one provided [${version}]`,
      index_uuid: index.uuid,
      shard: '0',
      index: index.name,
    });
  }
  return { index, document };
}

/** Reads by id see a write at once, unless asked to see what searches see. */
export function readDocument(index: Index, id: string, realtime: boolean): StoredDocument | null {
  if (realtime) return index.documents.get(id);
  index.settle();
  return index.documents.searchable(id);
}

export function metadataOf(
  index: Index,
  document: StoredDocument,
): {
  _index: string;
  _id: string;
  _version: number;
  _seq_no: number;
  _primary_term: number;
} {
  return {
    _index: index.name,
    _id: document.id,
    _version: document.version,
    _seq_no: document.seqNo,
    _primary_term: 1,
  };
}
