import { randomBytes } from 'node:crypto';

import { ApiError, notInStandIn } from '../errors.ts';
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
  /** The source after an update. */
  readonly source: string | null;
}

/** Stores a document, where the operation's conditions allow it. @throws {ApiError} 409 */
export function putDocument(
  index: Index,
  nowMs: number,
  operation: Operation,
  id: string,
  pieces: readonly Uint8Array[],
  ignored: readonly string[],
): Written {
  const current = index.documents.current(id, nowMs);
  if (operation.action === 'create' && current?.document != null) {
    throw conflict(index, id, `document already exists (current version [${current.version}])`);
  }
  checkConditions(index, nowMs, operation, id);
  const version = (current?.version ?? 0) + 1;
  const { seqNo } = index.documents.put(id, version, pieces, ignored);
  return {
    id,
    version,
    seqNo,
    result: current?.document == null ? 'created' : 'updated',
    source: null,
  };
}

export function removeDocument(
  index: Index,
  nowMs: number,
  operation: Operation,
  id: string,
): Written {
  const current = index.documents.current(id, nowMs);
  checkConditions(index, nowMs, operation, id);
  const version = (current?.version ?? 0) + 1;
  const seqNo = index.documents.remove(id, version, nowMs);
  return {
    id,
    version,
    seqNo,
    result: current?.document == null ? 'not_found' : 'deleted',
    source: null,
  };
}

/**
 * Changes a document by a part of one; a document that is not there is made of `upsert` or of the part itself.
 * @throws {ApiError} 404 where there is neither document nor upsert, 409 where a condition does not hold
 */
export function updateDocument(
  index: Index,
  nowMs: number,
  operation: Operation,
  id: string,
): Written {
  const { update } = operation;
  if (update === null || update.hasScript) throw notInStandIn('an update by script');
  const { doc } = update;
  const current = index.documents.get(id);
  const upsert = update.docAsUpsert ? doc : update.upsert;
  if (current === null) {
    if (upsert === null || operation.ifSeqNo !== null) throw missingDocument(index, id);
    return putChanged(index, nowMs, operation, id, JSON.stringify(upsert));
  }
  checkConditions(index, nowMs, operation, id);
  const before = parseExact(toText(current.source));
  const merged = merge(isObject(before) ? before : {}, doc ?? {});
  if (update.detectNoop && !merged.changed) {
    const { version, seqNo } = current;
    return { id, version, seqNo, result: 'noop', source: toText(current.source) };
  }
  return putChanged(index, nowMs, operation, id, JSON.stringify(merged.value));
}

function putChanged(
  index: Index,
  nowMs: number,
  operation: Operation,
  id: string,
  text: string,
): Written {
  const bytes = Buffer.from(text);
  const ignored = fitDocument(index, id, bytes);
  return { ...putDocument(index, nowMs, operation, id, [bytes], ignored), source: text };
}

/** A new id like the server's: 15 bytes in URL-safe base 64. */
export function newId(): string {
  return randomBytes(15).toString('base64url');
}

function checkConditions(index: Index, nowMs: number, operation: Operation, id: string): void {
  const { ifSeqNo, ifPrimaryTerm } = operation;
  const current = index.documents.current(id, nowMs);
  if (ifSeqNo !== null) {
    const required = `required seqNo [${ifSeqNo}], primary term [${ifPrimaryTerm ?? 0}].`;
    if (current?.document == null)
      throw conflict(index, id, `${required} but no document was found`);
    if (current.seqNo !== ifSeqNo || ifPrimaryTerm !== 1) {
      throw conflict(
        index,
        id,
        `${required} current document has seqNo [${current.seqNo}] and primary term [1]`,
      );
    }
  }
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

function missingDocument(index: Index, id: string): ApiError {
  return new ApiError(404, {
    type: 'document_missing_exception',
    reason: `[${id}]: document missing`,
    index_uuid: index.uuid,
    shard: '0',
    index: index.name,
  });
}

/** Objects grow together, anything else is replaced. */
function merge(base: JsonObject, part: JsonObject): { value: JsonObject; changed: boolean } {
  const value: JsonObject = { ...base };
  let changed = false;
  for (const [name, given] of Object.entries(part)) {
    const old = base[name];
    if (isPlain(old) && isPlain(given)) {
      const inner = merge(old, given);
      value[name] = inner.value;
      changed ||= inner.changed;
    } else {
      value[name] = given;
      changed ||= !Object.hasOwn(base, name) || JSON.stringify(old) !== JSON.stringify(given);
    }
  }
  return { value, changed };
}

function isPlain(value: unknown): value is JsonObject {
  return isObject(value) && rawDigits(value) === null;
}
