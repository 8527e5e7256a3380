import {
  ApiError,
  illegalArgument,
  indexNotFound,
  indexNotFoundFault,
  resourceNotFound,
} from '../errors.ts';
import { type Cluster, type DataStream } from '../state/cluster.ts';
import { createIndex, createStream, rollOver } from '../state/create.ts';
import { type Index } from '../state/index.ts';
import { aliasedIndices, aliasedStreams, checkNewName } from '../state/names.ts';
import { isStreamTemplate, templateFor } from '../state/templates.ts';
import { type Operation } from './operation.ts';

/**
 * The index that a write goes to. A data stream or an index that does not exist is created.
 *
 * @throws {ApiError} 400 or 404 if the name does not take this write
 */
export function resolveTarget(cluster: Cluster, operation: Operation): Index {
  const { target } = operation;
  const stream = findStream(cluster, target) ?? autoCreate(cluster, operation);
  if (stream !== null) return streamIndex(cluster, stream, operation);
  if (operation.requireDataStream) {
    throw resourceNotFound(
      `[require_data_stream] request flag is [true] and [${target}] is not a data stream`,
    );
  }
  const index = cluster.indices.get(target) ?? writerOf(target, aliasedIndices(cluster, target));
  if (index.stream !== null) checkBackingIndex(index.stream, operation);
  return index;
}

function findStream(cluster: Cluster, name: string): DataStream | null {
  const stream = cluster.streams.get(name);
  if (stream !== undefined) return stream;
  const aliased = aliasedStreams(cluster, name);
  return aliased.length === 0 ? null : writerOf(name, aliased);
}

/** The new data stream, or `null` if there is, or now is, an index of that name. */
function autoCreate(cluster: Cluster, operation: Operation): DataStream | null {
  const { target, requireDataStream } = operation;
  if (cluster.indices.has(target) || aliasedIndices(cluster, target).length > 0) return null;
  if (operation.action === 'delete') throw indexNotFound(target);
  checkNewName(cluster, target);
  const found = templateFor(cluster, target);
  const streamed = found !== null && isStreamTemplate(found.template);
  if (requireDataStream && !streamed) {
    throw missingIndex(
      target,
      'and the index creation request requires a data stream, but no matching index template with data stream template was found for it',
    );
  }
  if (found?.template['allow_auto_create'] === false) {
    throw missingIndex(
      target,
      `and composable template [${found.name}] forbids index auto creation`,
    );
  }
  if (streamed) return createStream(cluster, target);
  createIndex(cluster, target, {});
  return null;
}

function streamIndex(cluster: Cluster, stream: DataStream, operation: Operation): Index {
  if (operation.action !== 'create') {
    throw illegalArgument(
      'only write ops with an op_type of create are allowed in data streams',
      indexNotFoundFault(operation.target, true),
    );
  }
  if (stream.rolloverOnWrite) return rollOver(cluster, stream);
  const index = stream.indices.at(-1);
  if (index === undefined) throw indexNotFound(operation.target);
  return index;
}

/** The one that takes the writes of an alias. */
function writerOf<Holder>(alias: string, holders: readonly (readonly [Holder, object])[]): Holder {
  const writer =
    holders.find(([, body]) => 'is_write_index' in body && body.is_write_index === true) ??
    (holders.length === 1 ? holders[0] : undefined);
  if (writer === undefined) throw illegalArgument(`no write index is defined for alias [${alias}]`);
  return writer[0];
}

/** By the name of a backing index documents can be replaced and deleted, not added. */
function checkBackingIndex(stream: string, { action, ifSeqNo }: Operation): void {
  if (action === 'create' || (action === 'index' && ifSeqNo === null)) {
    throw illegalArgument(
      `index request with op_type=${action} targeting backing indices is disallowed, target corresponding data stream [${stream}] instead`,
    );
  }
}

function missingIndex(name: string, why: string): ApiError {
  return new ApiError(404, {
    type: 'index_not_found_exception',
    reason: `no such index [${name}] ${why}`,
    index_uuid: '_na_',
    index: name,
  });
}
