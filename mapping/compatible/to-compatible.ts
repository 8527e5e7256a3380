import type { Json, JsonObject } from '../exact-json.ts';
import type { CompatibleSettings } from '../mapping-settings.ts';
import { toWellFormedJson } from '../well-formed.ts';
import { toAsNumber } from './as-number.ts';
import { ASSOCIATED_GROUPS, groupAddresses, toGroup } from './associated-groups.ts';
import { ASSOCIATED_INDICATORS, toAssociatedIndicator } from './associated-indicators.ts';
import { toOsFamilies, toTechnique } from './attack.ts';
import { ATTRIBUTES, toAttribute } from './attributes.ts';
import { toConfidence } from './confidence.ts';
import { toLong } from './conversions.ts';
import { relatedUsers } from './created-by.ts';
import { toDocumentId } from './document-id.ts';
import { toCollection, toElements } from './elements.ts';
import { splitAddress } from './email.ts';
import { MappingErrors } from './errors.ts';
import { toDeletedAt } from './expiry.ts';
import { FLATTENED_KEYS, setFlattenedFields } from './flattened-fields.ts';
import { relatedHashes } from './hashes.ts';
import { toIndicatorType, typeFields } from './indicator-type.ts';
import { prune } from './prune.ts';
import { SECURITY_LABELS, toSecurityLabel } from './security-labels.ts';
import { filled, listOf, toShape } from './shape.ts';
import { STRICT, type Spelling } from './spelling.ts';
import { TAGS, toTag } from './tags.ts';
import { addText } from './texts.ts';
import { toTlp } from './tlp.ts';
import { setTopLevelFields, TOP_LEVEL_KEYS } from './top-level-fields.ts';

const DATASET = 'ti_threatconnect.indicator';
const KEEPS_ORIGINAL = 'preserve_original_event';

/** `threat_connect.indicator`. */
const INDICATOR = toShape([
  ...TOP_LEVEL_KEYS,
  ...FLATTENED_KEYS,
  'associated_groups',
  'associated_indicators',
  'attributes',
  'security_labels',
  'tags',
  'expiration_duration',
  'deleted_at',
  'ip_range',
]);

/**
 * One indicator as the document that Elastic's integration `ti_threatconnect` makes of it. Where the
 * integration gives a document up half way, this one holds all that could be mapped, and what could not be
 * in `error.message`.
 *
 *     record ─┬─ scalars ────────┬─> threat_connect.indicator ─┐
 *             ├─ flattened ──────┤                             ├─> prune ─> document
 *             └─ collections ──┬─┘                             │
 *                              └───> threat, related, … ───────┘
 *
 * @param record as `parseRecord` reads it
 * @param nowMs for `@timestamp` where the record has no date of its last change
 * @param text the record as it came, for `event.original`; else it is serialised again
 * @param notes what the record lacks, for `error.message`
 * @see https://github.com/elastic/integrations/tree/main/packages/ti_threatconnect
 */
export function toCompatible(
  record: JsonObject,
  settings: CompatibleSettings,
  nowMs: number,
  text?: string,
  notes: readonly string[] = [],
): { document: JsonObject; id: string | null } {
  return {
    document: prune(toCompatibleDocument(record, settings, nowMs, text, true, STRICT, notes)),
    id: toDocumentId(record),
  };
}

/**
 * The same without an id and before it is pruned, for those who go on with it.
 *
 * @param likeEvent with what an enriched document has not: the fields of an event, and all users
 * @param spelling of dates and addresses that is taken
 */
export function toCompatibleDocument(
  record: JsonObject,
  settings: CompatibleSettings,
  nowMs: number,
  text: string | undefined,
  likeEvent: boolean,
  spelling: Spelling,
  notes: readonly string[] = [],
): JsonObject {
  const errors = new MappingErrors(notes, spelling);
  const groups = toElements(record[ASSOCIATED_GROUPS], ASSOCIATED_GROUPS, errors);
  const indicators = toElements(record[ASSOCIATED_INDICATORS], ASSOCIATED_INDICATORS, errors);
  const attributes = toElements(record[ATTRIBUTES], ATTRIBUTES, errors);
  const labels = toElements(record[SECURITY_LABELS], SECURITY_LABELS, errors);
  const tags = toElements(record[TAGS], TAGS, errors);

  const indicator = { ...INDICATOR };
  setTopLevelFields(indicator, record, errors);
  setFlattenedFields(indicator, record, errors);
  indicator.associated_groups = toCollection(groups, (group, at) => toGroup(group, at, errors));
  indicator.associated_indicators = toCollection(indicators, (associated, at) =>
    toAssociatedIndicator(associated, at, errors),
  );
  indicator.attributes = toCollection(attributes, (item, at) => toAttribute(item, at, errors));
  indicator.security_labels = toCollection(labels, (item, at) => toSecurityLabel(item, at, errors));
  indicator.tags = toCollection(tags, (tag, at) => toTag(tag, at, errors));
  indicator.expiration_duration = settings.iocExpiration;
  indicator.deleted_at = toDeletedAt(
    record.deleted_at,
    indicator.last_modified,
    settings.iocExpiration,
    errors,
  );

  const asNumber = toAsNumber(indicator.as_number, errors);
  const { name: userName, domain: userDomain } = splitAddress(indicator.address);
  const isAddress = record.type === 'Address';
  if (isAddress && isAbsentOrEmpty(record.ip)) errors.missing('ip', 'Address');
  const { hash, url, registry } = typeFields(record, indicator);
  const failed = errors.messages.length > 0;
  const documentTags = toDocumentTags(settings, failed);

  return {
    '@timestamp': indicator.last_modified ?? new Date(nowMs).toISOString(),
    ecs: { version: '8.11.0' },
    data_stream: { type: 'logs', dataset: DATASET, namespace: settings.namespace },
    error: failed ? { message: errors.messages } : undefined,
    event: {
      kind: failed ? ['enrichment', 'pipeline_error'] : 'enrichment',
      category: ['threat'],
      type: ['indicator'],
      dataset: DATASET,
      module: 'ti_threatconnect',
      id: record.summary,
      original: documentTags.includes(KEEPS_ORIGINAL)
        ? toWellFormedJson(text ?? JSON.stringify(record))
        : undefined,
    },
    email: likeEvent
      ? filled({
          subject: record.Subject,
          to: filled({ address: groupAddresses(groups, 'to') }),
          from: filled({ address: groupAddresses(groups, 'from') }),
        })
      : undefined,
    observer: likeEvent ? filled({ hostname: record.hostName }) : undefined,
    os: likeEvent ? filled({ family: toOsFamilies(tags) }) : undefined,
    related: filled({
      hash: relatedHashes(indicator, record.md5),
      hosts: textsOf(record.hostName),
      ip: textsOf(indicator.ip),
      user: likeEvent ? relatedUsers(userName, groups, attributes) : undefined,
    }),
    tags: listOf(documentTags),
    threat: {
      indicator: {
        provider: 'ThreatConnect',
        type: toIndicatorType(record.type, indicator.ip),
        as: filled({ number: asNumber }),
        confidence: toConfidence(record.confidence),
        description: record.description,
        email: filled({ address: indicator.address }),
        file: filled({ hash, size: toFileSize(record.size) }),
        first_seen: indicator.first_seen,
        last_seen: indicator.last_seen,
        modified_at: toModifiedAt(indicator),
        ip: isAddress ? indicator.ip : undefined,
        marking: filled({ tlp: toTlp(labels) }),
        reference: textsOf(record.legacyLink, record.webLink),
        registry,
        url,
      },
      technique: toTechnique(tags),
    },
    threat_connect: { indicator },
    user: filled({ email: indicator.address, name: userName, domain: userDomain }),
    user_agent: filled({ original: record['User Agent String'] }),
  };
}

/** An error keeps the original, so that what was lost can be looked up. */
function toDocumentTags(settings: CompatibleSettings, failed: boolean): string[] {
  const tags = settings.preserveOriginalEvent
    ? [KEEPS_ORIGINAL, ...settings.tags]
    : [...settings.tags];
  if (failed && !tags.includes(KEEPS_ORIGINAL)) tags.push(KEEPS_ORIGINAL);
  return tags;
}

/** An integer whatever the source sent: a text would make the field a keyword. */
function toFileSize(size: Json | undefined): Json | undefined {
  return size === undefined || size === null ? undefined : toLong(size);
}

function toModifiedAt({ external_last: external }: JsonObject): Json | undefined {
  return (external as JsonObject | undefined)?.modified;
}

function textsOf(...values: readonly (Json | undefined)[]): Json[] | undefined {
  const texts = new Set<string>();
  for (const value of values) addText(texts, value);
  return listOf(texts);
}

function isAbsentOrEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '';
}
