import { type estypes } from '@elastic/elasticsearch';

import { illegalArgument, indexNotFound, invalidRequest, parseFailure } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { RawJson } from '../json/exact.ts';
import { type StoredDocument } from '../state/documents.ts';
import { type Index } from '../state/index.ts';
import { aliasedStreams, resolveOne } from '../state/names.ts';
import { toText } from '../state/source-slabs.ts';
import { parseUpdate } from '../write/bulk-lines.ts';
import { type Action, faultsOf, type Operation, PLAIN } from '../write/operation.ts';
import { Writer } from '../write/writer.ts';
import { denialOfWrite, newFieldsOf } from '../security/authorize.ts';
import { type Call, type Route } from './call.ts';

const WRITE_PARAMETERS = ['if_primary_term', 'if_seq_no', 'refresh', 'require_data_stream'];

/** Single documents by their id: `_doc`, `_create`, `_update`. */
export const documentRoutes: readonly Route[] = [
  {
    api: 'doc',
    methods: ['PUT', 'POST'],
    paths: ['/{index}/_doc/{id}'],
    parameters: [...WRITE_PARAMETERS, 'op_type'],
    handle: (call) => put(call, opType(call)),
  },
  {
    api: 'doc',
    methods: ['POST'],
    paths: ['/{index}/_doc'],
    parameters: WRITE_PARAMETERS,
    // without an id the server makes one, and so creates
    handle: (call) => put(call, 'create'),
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
    handle: (call) => write(call, 'delete', {}),
  },
  {
    api: 'doc',
    methods: ['POST'],
    paths: ['/{index}/_update/{id}'],
    parameters: WRITE_PARAMETERS,
    handle: (call) => write(call, 'update', { update: parseUpdate(call.body.text) }),
  },
  {
    api: 'doc',
    methods: ['GET', 'HEAD'],
    paths: ['/{index}/_doc/{id}'],
    parameters: [],
    handle: get,
  },
];

function put(call: Call, action: Action): Answer {
  if (call.body.isEmpty) throw parseFailure('request body is required');
  return write(call, action, { source: call.body.bytes });
}

function write(call: Call, action: Action, given: Partial<Operation>): Answer {
  const { cluster, parameters, parts } = call;
  const operation: Operation = {
    ...PLAIN,
    ...given,
    action,
    target: parts['index'] ?? '',
    id: parts['id'] ?? null,
    ifSeqNo: parameters.integer('if_seq_no') ?? null,
    ifPrimaryTerm: parameters.integer('if_primary_term') ?? null,
    requireDataStream: parameters.flag('require_data_stream'),
  };
  const faults = faultsOf(operation);
  if (faults.length > 0) throw invalidRequest(...faults);
  const forcedRefresh = parameters.flag('refresh');
  const denied = denialOfWrite(call, operation);
  if (denied !== null) throw denied;
  const writer = new Writer(cluster, { forcedRefresh, onNewFields: newFieldsOf(call) });
  const { body, error, status } = writer.write(operation);
  if (error !== null) throw error;
  if (forcedRefresh) for (const index of writer.touched) index.refresh();
  return { status, body };
}

function opType({ parameters }: Call): Action {
  const value = parameters.text('op_type') ?? 'index';
  if (value === 'create' || value === 'index') return value;
  throw illegalArgument(`opType must be 'create' or 'index', found: [${value}]`);
}

function get({ cluster, parts }: Call): Answer {
  const { index: name = '', id = '' } = parts;
  if (aliasedStreams(cluster, name).length > 0) throw indexNotFound(name, true);
  const index = resolveOne(cluster, name);
  const document = index.documents.get(id);
  return { status: document === null ? 404 : 200, body: showDocument(index, id, document) };
}

/** A document that was read by its id. Such reads see a write at once. */
export function showDocument(index: Index, id: string, document: StoredDocument | null): object {
  if (document === null) return { _index: index.name, _id: id, found: false };
  return {
    _index: index.name,
    _id: id,
    _version: document.version,
    _seq_no: document.seqNo,
    _primary_term: 1,
    found: true,
    _source: new RawJson(toText(document.source)),
  } satisfies estypes.GetResponse;
}
