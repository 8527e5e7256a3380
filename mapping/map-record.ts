import { toKnownKeys } from './compatible/known-keys.ts';
import { toCompatible, toCompatibleDocument } from './compatible/to-compatible.ts';
import { WRITTEN } from './enriched/spelling.ts';
import { toEnriched, type Reading } from './enriched/to-enriched.ts';
import { isObject, objectAt, textOf, type JsonObject } from './exact-json.ts';
import { documentId } from './content-fingerprint.ts';
import { toVersion, type DocumentVersion } from './document-version.ts';
import { parseRecord } from './parse-record.ts';
import type { MappingSettings } from './mapping-settings.ts';

export type MappedDocument = {
  kind: 'document';
  /** `_id` in the data stream. */
  id: string;
  /** ThreatConnect's id, exact digits. */
  indicatorId: string;
  /** ISO 8601, UTC, milliseconds; `null` where the record has no date there. */
  lastModified: string | null;
  /** `_source`, serialised. */
  source: string;
  version: DocumentVersion;
  /** A list of associations announces more than the record carries. */
  isCut: boolean;
  /** ThreatConnect says that the indicator is inactive: it has ended. */
  isInactive: boolean;
};

/** A record that cannot become a document. */
export type Unmappable = { kind: 'unmappable'; indicatorId: string | null; reason: string };

const ID = /^(0|[1-9]\d*)$/;

/**
 * One version of one indicator as a document of the configured profile.
 *
 * @param text the record as the source sent it
 * @param plainNumbers see {@link parseRecord}
 * @throws {SyntaxError} where the text is not JSON
 */
export function mapRecord(
  text: string,
  plainNumbers: boolean,
  settings: MappingSettings,
  reading: Reading,
): MappedDocument | Unmappable {
  let indicatorId: string | null = null;
  try {
    const parsed = parseRecord(text, plainNumbers);
    if (!isObject(parsed)) return unmappable(null, 'the record is no JSON object');
    const record = toKnownKeys(parsed);
    indicatorId = textOf(record.id);
    if (indicatorId === null || !ID.test(indicatorId)) {
      return unmappable(null, 'the record has no id');
    }
    const { document, id } = toDocument(record, text, settings, reading);
    const source = JSON.stringify(document);
    return {
      kind: 'document',
      // where the integration leaves the id to Elasticsearch, a repeated write must still find its first one
      id: id ?? documentId([source]),
      indicatorId,
      lastModified: toLastModified(document),
      source,
      version: toVersion(document),
      isCut: hasCutList(record),
      isInactive: isInactive(document),
    };
  } catch (error) {
    // the stack's end
    if (error instanceof RangeError)
      return unmappable(indicatorId, 'the record is nested too deeply');
    throw error;
  }
}

function toDocument(
  record: JsonObject,
  text: string,
  settings: MappingSettings,
  reading: Reading,
): { document: JsonObject; id: string | null } {
  const { requestedAtMs, notes } = reading;
  if (settings.profile === 'compatible') {
    return toCompatible(record, settings, requestedAtMs, text, notes);
  }
  const compatible = toCompatibleDocument(
    record,
    settings,
    requestedAtMs,
    text,
    false,
    WRITTEN,
    notes,
  );
  return toEnriched(compatible, record, settings, reading);
}

/** ThreatConnect may cut a nested list; a `count` beside it then says how long it is. */
function hasCutList(record: JsonObject): boolean {
  return [record.associatedGroups, record.associatedIndicators].some((list) => {
    if (!isObject(list) || typeof list.count !== 'number') return false;
    return list.count > (Array.isArray(list.data) ? list.data.length : 0);
  });
}

function isInactive({ threat_connect: mapped }: JsonObject): boolean {
  return objectAt(objectAt(objectAt(mapped).indicator).active).value === false;
}

function toLastModified({ threat_connect: mapped }: JsonObject): string | null {
  const indicator = isObject(mapped) ? mapped.indicator : undefined;
  return isObject(indicator) ? textOf(indicator.last_modified) : null;
}

function unmappable(indicatorId: string | null, reason: string): Unmappable {
  return { kind: 'unmappable', indicatorId, reason };
}
