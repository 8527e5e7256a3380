import { documentId } from './content-fingerprint.ts';
import type { DocumentVersion } from './document-version.ts';
import { textOf, type JsonObject, objectAt } from './exact-json.ts';
import type { MappedDocument } from './map-record.ts';
import { parseRecord } from './parse-record.ts';

/** The newest version of an indicator that is stored. */
export type StoredVersion = Omit<DocumentVersion, 'eventId'> & {
  /** It says that the indicator has ended: see `enriched/tombstone.ts`. */
  isTombstone: boolean;
};

/**
 * Elasticsearch has answered 409: this very document is in the write index. That does not make it the newest
 * one there: the indicator may have changed or ended, and changed back. Then it is written again under an
 * `_id` of this run, so that the latest index takes it.
 *
 * @param newest `null` where none can be seen yet: this document was written a moment ago
 * @param runId the first execution's, so that a second attempt makes the same `_id`
 * @returns the document to write, or `null` where what is stored is as new
 */
export function unlessDuplicate(
  mapped: MappedDocument,
  newest: StoredVersion | null,
  runId: string,
): MappedDocument | null {
  if (newest === null) return null;
  return mapped.version.hash === null
    ? returned(mapped, newest, runId)
    : changedBack(mapped, newest, runId);
}

/** Enriched: the newest reading wins, by `event.created`. */
function changedBack(
  mapped: MappedDocument,
  newest: StoredVersion,
  runId: string,
): MappedDocument | null {
  const { hash, timestampMs, deletedAtMs, createdMs } = mapped.version;
  const isNewest =
    newest.hash === hash &&
    newest.timestampMs === timestampMs &&
    newest.deletedAtMs === deletedAtMs;
  const readMs = createdMs ?? 0;
  const newestReadMs = newest.createdMs ?? 0;
  // what was read later, by another run, stays
  if (isNewest || newestReadMs > readMs) return null;
  const created = Math.max(readMs, newestReadMs + 1);
  const document = parseDocument(mapped.source);
  document.event = {
    ...objectAt(document.event),
    created: new Date(created).toISOString(),
  };
  const indicator = objectAt(objectAt(document.threat_connect).indicator);
  const parts = [indicator.id, hash, document['@timestamp'], indicator.deleted_at, runId];
  return {
    ...mapped,
    id: documentId(parts.map((part) => textOf(part) ?? '')),
    source: JSON.stringify(document),
    version: { ...mapped.version, createdMs: created },
  };
}

/** The integration's shape: the newest `@timestamp` wins; one above a tombstone brings the indicator back. */
function returned(
  mapped: MappedDocument,
  newest: StoredVersion,
  runId: string,
): MappedDocument | null {
  if (!newest.isTombstone) return null;
  const timestampMs = Math.max(mapped.version.timestampMs, newest.timestampMs + 1);
  const document = parseDocument(mapped.source);
  document['@timestamp'] = new Date(timestampMs).toISOString();
  return {
    ...mapped,
    id: documentId([mapped.id, runId]),
    source: JSON.stringify(document),
    version: { ...mapped.version, timestampMs },
  };
}

function parseDocument(source: string): JsonObject {
  return objectAt(parseRecord(source, false));
}
