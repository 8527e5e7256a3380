import { BlockList, isIP } from 'node:net';
import { durationMs, toDate, toNumber } from './conversions.ts';
import { isObject, parseExact, textOf, type Json, type JsonObject } from './exact-json.ts';
import { contentFingerprint, documentId } from './fingerprint.ts';

export type MappingSettings = {
  namespace: string;
  tags: readonly string[];
  /** Life of an indicator after the source last showed it active: `90d`, `12h`, `30m`. */
  iocExpiration: string;
  preserveOriginalEvent: boolean;
};

/** What a document says of its own reading. */
export type Reading = {
  feed: string;
  runId: string;
  /** The source's clock when the page was asked for, epoch milliseconds. */
  requestedAtMs: number;
};

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
};

/** A record that cannot become a document. */
export type Unmappable = { kind: 'unmappable'; indicatorId: string | null; reason: string };

/**
 * One version of one indicator as a document.
 *
 * @param text the record as the source sent it
 * @param plainNumbers see {@link parseExact}
 * @throws {SyntaxError} where the text is not JSON
 */
export function toDocument(
  text: string,
  plainNumbers: boolean,
  settings: MappingSettings,
  reading: Reading,
): MappedDocument | Unmappable {
  const record = parseExact(text, plainNumbers);
  if (!isObject(record)) {
    return { kind: 'unmappable', indicatorId: null, reason: 'the record is no JSON object' };
  }
  const indicatorId = textOf(record.id);
  if (indicatorId === null || !ID.test(indicatorId)) {
    return { kind: 'unmappable', indicatorId: null, reason: 'the record has no id' };
  }
  const document = toFields(record, indicatorId, text, settings, reading);
  const hash = contentFingerprint(document.fields);
  document.event.hash = hash;
  return {
    kind: 'document',
    id: documentId([indicatorId, hash, document.timestamp, document.deletedAt]),
    indicatorId,
    lastModified: document.lastModified,
    source: JSON.stringify(document.fields),
  };
}

const ID = /^(0|[1-9]\d*)$/;
const DAY_MS = 86_400_000;

function toFields(
  record: JsonObject,
  id: string,
  text: string,
  settings: MappingSettings,
  reading: Reading,
): {
  fields: JsonObject;
  event: JsonObject;
  lastModified: string | null;
  timestamp: string;
  deletedAt: string;
} {
  const startOfDayMs = Math.floor(reading.requestedAtMs / DAY_MS) * DAY_MS;
  const lastModified = toDate(record.lastModified);
  const timestamp = lastModified ?? new Date(startOfDayMs).toISOString();
  const deletedAt = new Date(
    startOfDayMs + DAY_MS + durationMs(settings.iocExpiration),
  ).toISOString();
  const summary = textOf(record.summary) ?? undefined;
  const event: JsonObject = {
    kind: 'enrichment',
    category: ['threat'],
    type: ['indicator'],
    dataset: 'ti_threatconnect.indicator',
    module: 'ti_threatconnect',
    id: summary,
    created: new Date(reading.requestedAtMs).toISOString(),
    original: settings.preserveOriginalEvent ? text : undefined,
  };
  const type = textOf(record.type) ?? undefined;
  const ip = type === 'Address' ? toIp(record.ip) : undefined;
  const fields: JsonObject = {
    '@timestamp': timestamp,
    ecs: { version: '8.11.0' },
    data_stream: {
      type: 'logs',
      dataset: 'ti_threatconnect.indicator',
      namespace: settings.namespace,
    },
    event,
    tags: [
      ...(settings.preserveOriginalEvent ? ['preserve_original_event'] : []),
      ...settings.tags,
    ],
    tcsync: { feed: reading.feed, run_id: reading.runId },
    threat: {
      indicator: {
        provider: 'ThreatConnect',
        type: toIndicatorType(type, ip),
        ip,
        description: textOf(record.description) ?? undefined,
        reference: [textOf(record.legacyLink), textOf(record.webLink)].filter(
          (link) => link !== null,
        ),
      },
    },
    threat_connect: {
      indicator: {
        id,
        type,
        summary,
        description: textOf(record.description) ?? undefined,
        source: textOf(record.source) ?? undefined,
        owner: {
          id: textOf(record.ownerId) ?? undefined,
          name: textOf(record.ownerName) ?? undefined,
        },
        date_added: toDate(record.dateAdded) ?? undefined,
        last_modified: lastModified ?? undefined,
        deleted_at: deletedAt,
        expiration_duration: settings.iocExpiration,
        active: { value: record.active === true },
        confidence: typeof record.confidence === 'number' ? record.confidence : undefined,
        rating: toNumber(record.rating),
        web_link: textOf(record.webLink) ?? undefined,
        legacy_link: textOf(record.legacyLink) ?? undefined,
      },
    },
  };
  return { fields, event, lastModified, timestamp, deletedAt };
}

function toIp(value: Json | undefined): string | undefined {
  return typeof value === 'string' && isIP(value) !== 0 ? value : undefined;
}

function toIndicatorType(type: string | undefined, ip: string | undefined): string {
  if (ip !== undefined) {
    return isIP(ip) === 4 || IPV4_MAPPED.check(ip, 'ipv6') ? 'ipv4-addr' : 'ipv6-addr';
  }
  return INDICATOR_TYPES.get(type ?? '') ?? 'unknown';
}

/** `::ffff:192.0.2.1`, however it is written. */
const IPV4_MAPPED = new BlockList();
IPV4_MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');

/** ThreatConnect's own types; an administrator's custom types are `unknown`. */
const INDICATOR_TYPES: ReadonlyMap<string, string> = new Map([
  ['ASN', 'autonomous-system'],
  ['EmailAddress', 'email-addr'],
  ['File', 'file'],
  ['Host', 'domain-name'],
  ['Mutex', 'mutex'],
  ['Registry Key', 'windows-registry-key'],
  ['URL', 'url'],
]);
