import { randomBytes } from 'node:crypto';

import { ApiError } from '../errors.ts';
import { isObject, type JsonObject, parseExact, rawDigits } from '../json/exact.ts';
import { type Index } from '../state/index.ts';
import { toText } from '../state/source-slabs.ts';
import { fitDocument } from './fields/fit.ts';
import { type Operation } from './operation.ts';

/** What a write did to the index. */
export interface Written {
  readonly id: string;
  readonly version: number;
  readonly seqNo: number;
  readonly result: 'created' | 'deleted' | 'noop' | 'not_found' | 'updated';
}

/** Stores a document if the conditions of the operation hold. @throws {ApiError} 409 */
export function putDocument(
  index: Index,
  operation: Operation,
  id: string,
  bytes: Uint8Array,
  ignored: readonly string[],
): Written {
  const current = index.documents.get(id);
  if (operation.action === 'create' && current !== null) {
    throw conflict(index, id, `document already exists (current version [${current.version}])`);
  }
  checkConditions(index, operation, id);
  const version = (current?.version ?? 0) + 1;
  const { seqNo } = index.documents.put(id, version, bytes, ignored);
  return { id, version, seqNo, result: current === null ? 'created' : 'updated' };
}

export function removeDocument(index: Index, operation: Operation, id: string): Written {
  const current = index.documents.get(id);
  checkConditions(index, operation, id);
  const version = (current?.version ?? 0) + 1;
  const seqNo = index.documents.remove(id);
  return { id, version, seqNo, result: current === null ? 'not_found' : 'deleted' };
}

/**
 * Changes a document by a part of one.
 *
 * @throws {ApiError} 404 for a missing document, 409 if a condition does not hold
 */
export function updateDocument(index: Index, operation: Operation, id: string): Written {
  const current = index.documents.get(id);
  if (current === null) {
    throw new ApiError(404, {
      type: 'document_missing_exception',
      reason: `[${id}]: document missing`,
      index_uuid: index.uuid,
      shard: '0',
      index: index.name,
    });
  }
  checkConditions(index, operation, id);
  const before = parseExact(toText(current.source)) as JsonObject;
  const text = JSON.stringify(merge(before, operation.update ?? {}));
  if (text === JSON.stringify(before)) {
    return { id, version: current.version, seqNo: current.seqNo, result: 'noop' };
  }
  const ignored = fitDocument(index, id, JSON.parse(text) as JsonObject);
  return putDocument(index, operation, id, Buffer.from(text), ignored);
}

/** A new id like the server's: 15 bytes in URL-safe base 64. */
export function newId(): string {
  return randomBytes(15).toString('base64url');
}

function checkConditions(index: Index, operation: Operation, id: string): void {
  const { ifSeqNo, ifPrimaryTerm } = operation;
  if (ifSeqNo === null) return;
  const current = index.documents.get(id);
  if (current?.seqNo === ifSeqNo && ifPrimaryTerm === 1) return;
  const found =
    current === null
      ? 'but no document was found'
      : `current document has seqNo [${current.seqNo}] and primary term [1]`;
  throw conflict(
    index,
    id,
    `required seqNo [${ifSeqNo}], primary term [${ifPrimaryTerm ?? 0}]. ${found}`,
  );
}

function conflict(index: Index, id: string, what: string): ApiError {
  return new ApiError(409, {
    type: 'version_conflict_engine_exception',
    reason: `[${id}]: version conflict, ${what}`,
    index_uuid: index.uuid,
    shard: '0',
    index: index.name,
  });
}

/** Objects grow together, anything else is replaced. */
function merge(base: JsonObject, part: JsonObject): JsonObject {
  const merged: JsonObject = { ...base };
  for (const [name, given] of Object.entries(part)) {
    const old = base[name];
    merged[name] = isPlain(old) && isPlain(given) ? merge(old, given) : given;
  }
  return merged;
}

function isPlain(value: unknown): value is JsonObject {
  return isObject(value) && rawDigits(value) === null;
}
