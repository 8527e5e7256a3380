import {
  ApiError,
  type Fault,
  illegalArgument,
  indexNotFound,
  indexNotFoundFault,
  resourceNotFound,
} from '../errors.ts';
import { type Cluster, type DataStream } from '../state/cluster.ts';
import { createIndex, createStream, rollOver } from '../state/create.ts';
import { type Index } from '../state/index.ts';
import { aliasedIndices, aliasedStreams, checkNewName, isAlias } from '../state/names.ts';
import { isStreamTemplate, templateFor } from '../state/templates.ts';
import { type Operation } from './operation.ts';

/**
 * The index that a write goes to; makes the data stream or index that is not there yet.
 *
 * @throws {ApiError} 400 or 404 where the name does not take this write
 */
export function resolveTarget(cluster: Cluster, operation: Operation): Index {
  const { target, requireAlias, requireDataStream } = operation;
  if (requireAlias && !isAlias(cluster, target)) {
    throw missingIndex(
      target,
      `no such index [${target}] and [require_alias] request flag is [true] and [${target}] is not an alias`,
    );
  }
  const stream = findStream(cluster, target) ?? autoCreate(cluster, operation);
  if (stream !== null) return streamIndex(cluster, stream, operation);
  if (requireDataStream) {
    throw resourceNotFound(
      `[require_data_stream] request flag is [true] and [${target}] is not a data stream`,
    );
  }
  const index = cluster.indices.get(target) ?? aliasIndex(cluster, target);
  if (index.stream !== null) checkBackingIndex(index.stream, operation);
  return index;
}

function findStream(cluster: Cluster, name: string): DataStream | null {
  const stream = cluster.streams.get(name);
  if (stream !== undefined) return stream;
  const aliased = aliasedStreams(cluster, name);
  if (aliased.length === 0) return null;
  const writer = aliased.find(([, alias]) => alias['is_write_index'] === true);
  if (writer === undefined) throw noWriteIndex(name);
  return writer[0];
}

/** The data stream that was made, or null where there is, or now is, an index of that name. */
function autoCreate(cluster: Cluster, operation: Operation): DataStream | null {
  const { target, requireDataStream } = operation;
  if (cluster.indices.has(target) || aliasedIndices(cluster, target).length > 0) return null;
  const found = templateFor(cluster, target);
  const streamed = found !== null && isStreamTemplate(found.template);
  if (operation.action === 'delete') {
    throw indexNotFound(target);
  }
  checkNewName(cluster, target);
  if (requireDataStream && !streamed) {
    throw missingIndex(
      target,
      `no such index [${target}] and the index creation request requires a data stream, but no matching index template with data stream template was found for it`,
    );
  }
  if (found?.template['allow_auto_create'] === false) {
    throw missingIndex(
      target,
      `no such index [${target}] and composable template [${found.name}] forbids index auto creation`,
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
  if (operation.routing !== null && !stream.allowCustomRouting) {
    throw illegalArgument(
      `index request targeting data stream [${stream.name}] specifies a custom routing but the [allow_custom_routing] setting was not enabled in the data stream's template.`,
    );
  }
  if (stream.rolloverOnWrite) return rollOver(cluster, stream);
  const index = stream.indices.at(-1);
  if (index === undefined) throw indexNotFound(operation.target);
  return index;
}

function aliasIndex(cluster: Cluster, name: string): Index {
  const aliased = aliasedIndices(cluster, name);
  const writer =
    aliased.find(([, alias]) => alias['is_write_index'] === true) ??
    (aliased.length === 1 && aliased[0]?.[1]['is_write_index'] !== false ? aliased[0] : undefined);
  if (writer === undefined) throw noWriteIndex(name);
  return writer[0];
}

/** By the name of a backing index documents can be replaced and deleted, not added. */
function checkBackingIndex(stream: string, { action, ifSeqNo, ifPrimaryTerm }: Operation): void {
  const instead = `targeting backing indices is disallowed, target corresponding data stream [${stream}] instead`;
  if (action === 'create') throw illegalArgument(`index request with op_type=create ${instead}`);
  if (action === 'index' && ifSeqNo === null && ifPrimaryTerm === null) {
    throw illegalArgument(
      `index request with op_type=index and no if_primary_term and if_seq_no set ${instead}`,
    );
  }
}

function missingIndex(name: string, reason: string): ApiError {
  const fault: Fault = {
    type: 'index_not_found_exception',
    reason,
    index_uuid: '_na_',
    index: name,
  };
  return new ApiError(404, fault);
}

function noWriteIndex(alias: string): ApiError {
  return illegalArgument(
    `no write index is defined for alias [${alias}]. The write index may be explicitly disabled using is_write_index=false or the alias points to multiple indices without one being designated as a write index`,
  );
}
