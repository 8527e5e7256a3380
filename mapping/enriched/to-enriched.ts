import { ASSOCIATED_GROUPS } from '../compatible/associated-groups.ts';
import { toLong } from '../compatible/conversions.ts';
import { toElements } from '../compatible/elements.ts';
import { MappingErrors } from '../compatible/errors.ts';
import { filled, listOf } from '../compatible/shape.ts';
import { SECURITY_LABELS } from '../compatible/security-labels.ts';
import { TAGS } from '../compatible/tags.ts';
import { isExactNumber, textOf, type Json, type JsonObject, objectAt } from '../exact-json.ts';
import { contentFingerprint, documentId } from '../content-fingerprint.ts';
import type { EnrichedSettings } from '../mapping-settings.ts';
import { toConfidence } from './confidence.ts';
import { fitToFields } from './declared-types.ts';
import { withAddresses, withPlatforms } from './element-texts.ts';
import { hostParts } from './host.ts';
import { toIdentity } from './identity.ts';
import { toIndicatorId, toIndicatorType } from './indicator-type.ts';
import { toIpRange } from './ip-range.ts';
import { endOfConfirmed, startOfDay, timeOfReading } from './life.ts';
import { withoutPasswords, withoutPeople } from './redact.ts';
import { registryParts } from './registry.ts';
import { strictestTlp } from './tlp.ts';
import { urlParts } from './url.ts';

/** What a document says of its own reading. */
export type Reading = {
  /** The source's clock when the record was asked for, epoch milliseconds. */
  requestedAtMs: number;
  /** `null`, as the run: the record was not read by a run. */
  feed: string | null;
  runId: string | null;
  /** What the record lacks because it was too heavy, for `error.message`. */
  notes?: readonly string[];
};

/**
 * A document in the integration's shape, made fit for Kibana's Threat Intelligence page and Elastic's
 * prebuilt rules: one type, parsed URLs and registry keys, nothing that makes an indicator look like an
 * event, no secrets.
 *
 *     compatible + record ─> derive ─> redact ─> fit to the index, prune ─> hash ─> document
 *
 * @param compatible what `toCompatibleDocument` made of the record
 */
export function toEnriched(
  compatible: JsonObject,
  record: JsonObject,
  settings: EnrichedSettings,
  reading: Reading,
): { document: JsonObject; id: string } {
  const indicator = toIndicator(compatible, record, settings, reading);
  const sightings = toSightings(record.observations);
  const event: JsonObject = {
    ...objectAt(compatible.event),
    kind: 'enrichment',
    created: timeOfReading(reading.requestedAtMs),
  };
  // the record's own text, with all that is redacted here
  if (!settings.preserveOriginalEvent) event.original = undefined;
  const { '@timestamp': changedAt, ecs, data_stream, error } = compatible;
  const unconfirmed = settings.timestamp === 'modified' && indicator.last_modified !== undefined;
  const messages = listAt(objectAt(error).message).filter(
    (message) => !isVoid(message, settings, sightings !== undefined),
  );
  const derived: JsonObject = {
    '@timestamp': unconfirmed ? changedAt : startOfDay(reading.requestedAtMs),
    ecs,
    data_stream,
    error: undefined, // until all of it is known
    event,
    related: toRelated(compatible),
    tags: listOf([
      ...(settings.preserveOriginalEvent ? ['preserve_original_event'] : []),
      ...settings.tags,
    ]),
    tcsync: {
      feed: reading.feed,
      run_id: reading.runId,
      identity: toIdentity(record),
    },
    threat: {
      ...objectAt(compatible.threat),
      indicator: toThreat(compatible, record, indicator, sightings, messages),
    },
    threat_connect: { indicator },
  };
  const document = fitToFields(derived, (field, reason) => {
    const message = `${field}: ${reason}`;
    if (!messages.includes(message)) messages.push(message);
  });
  if (messages.length > 0) document.error = { message: messages };
  return { document, id: seal(document) };
}

/** `threat_connect.indicator`. */
function toIndicator(
  compatible: JsonObject,
  record: JsonObject,
  settings: EnrichedSettings,
  { requestedAtMs }: Reading,
): JsonObject {
  const errors = new MappingErrors(); // the document has them already
  const indicator: JsonObject = { ...objectAt(objectAt(compatible.threat_connect).indicator) };
  if (settings.expiry === 'confirmed') {
    indicator.deleted_at = endOfConfirmed(requestedAtMs, settings.iocExpiration);
  }
  // TC_FIELDS=whoIs asks for it, and the source answers in another spelling, which the integration does not read
  indicator.who_is ??= record.whois;
  if (record.type === 'CIDR') indicator.ip_range = toIpRange(record.Block);
  if (record[TAGS] !== undefined) {
    indicator.tags = withPlatforms(toElements(record[TAGS], TAGS, errors), indicator.tags);
  }
  if (record[ASSOCIATED_GROUPS] !== undefined) {
    const elements = toElements(record[ASSOCIATED_GROUPS], ASSOCIATED_GROUPS, errors);
    const groups = withAddresses(elements, indicator.associated_groups);
    indicator.associated_groups =
      groups !== undefined && settings.passwords === 'drop' ? withoutPasswords(groups) : groups;
  }
  if (settings.people === 'keep') return indicator;
  indicator.tracked_users = undefined;
  return objectAt(withoutPeople(indicator));
}

/** `threat.indicator`. */
function toThreat(
  compatible: JsonObject,
  record: JsonObject,
  indicator: JsonObject,
  sightings: Json | undefined,
  messages: Json[],
): JsonObject {
  const threat = objectAt(objectAt(compatible.threat).indicator);
  const type = toIndicatorType(record.type, indicator.ip);
  return {
    ...threat,
    type,
    id: toIndicatorId(type, indicator.summary),
    confidence: toConfidence(record.confidence),
    email: filled({ ...objectAt(threat.email), subject: indicator.subject }),
    first_seen: threat.first_seen ?? indicator.date_added,
    last_seen: threat.last_seen ?? indicator.last_modified,
    modified_at: threat.modified_at ?? indicator.last_modified,
    marking: filled({
      tlp: strictestTlp(toElements(record[SECURITY_LABELS], SECURITY_LABELS, new MappingErrors())),
    }),
    registry: type === 'windows-registry-key' ? toRegistry(threat, record) : threat.registry,
    sightings,
    url: toUrl(type, threat, record, messages),
    user_agent: filled({ original: indicator.user_agent_string }),
  };
}

function toRegistry(threat: JsonObject, record: JsonObject): JsonObject {
  const parts = registryParts(record['Key Name'], record['Value Name']);
  return { ...objectAt(threat.registry), ...parts };
}

function toUrl(
  type: string,
  threat: JsonObject,
  { text, hostName }: JsonObject,
  messages: Json[],
): Json | undefined {
  if (type === 'url') return { ...objectAt(threat.url), ...urlParts(text) };
  if (type !== 'domain-name') return threat.url;
  const host = hostParts(hostName);
  if (host === null && typeof hostName === 'string' && hostName !== '') {
    messages.push(`hostName: cannot convert [${hostName}] to host`);
  }
  return { ...objectAt(threat.url), ...host };
}

/** `related`: every hash, and of people only the one that an e-mail address names. */
function toRelated(compatible: JsonObject): JsonObject | undefined {
  const indicator = objectAt(objectAt(compatible.threat_connect).indicator);
  const hashes = [indicator.md5, indicator.sha1, indicator.sha256].filter(
    (hash) => hash !== undefined,
  );
  const { name } = objectAt(compatible.user);
  return filled({
    ...objectAt(compatible.related),
    hash: listOf(new Set(hashes as string[])),
    user: name === undefined ? undefined : [name],
  });
}

/** How often an indicator was seen; the source sends a count where it has no details. */
function toSightings(observations: Json | undefined): Json | undefined {
  const count =
    observations === undefined || observations === null ? undefined : toLong(observations);
  if (isExactNumber(count)) return count.rawJSON.startsWith('-') ? undefined : count;
  return typeof count === 'number' && count >= 0 ? count : undefined;
}

/** Whether an error of the integration's shape is none in this one. */
function isVoid(message: Json, settings: EnrichedSettings, hasSightings: boolean): boolean {
  if (typeof message !== 'string') return false;
  if (message.startsWith('observations: ')) return hasSightings;
  if (message.startsWith('trackedUsers: ')) return settings.people === 'drop';
  return (
    settings.expiry === 'confirmed' &&
    (message.startsWith('deleted_at: ') || message.startsWith('ioc_expiration_duration: '))
  );
}

/** Sets `event.hash`. */
function seal(document: JsonObject): string {
  const hash = contentFingerprint(document);
  document.event = { ...objectAt(document.event), hash };
  const { id, deleted_at: deletedAt } = objectAt(objectAt(document.threat_connect).indicator);
  const parts = [id, hash, document['@timestamp'], deletedAt];
  return documentId(parts.map((part) => textOf(part) ?? ''));
}

function listAt(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
