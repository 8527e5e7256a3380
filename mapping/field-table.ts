/**
 * Elasticsearch's type of a field. A name with `_with_` has a sub-field: `.text` of match_only_text,
 * `.number` of long, which ignores what is no number. `flattened_other` has {@link IGNORE_ABOVE}.
 */
export type FieldType =
  | 'boolean'
  | 'constant_keyword'
  | 'date'
  | 'double'
  | 'flattened'
  | 'flattened_other'
  | 'ip'
  | 'ip_range'
  | 'keyword'
  | 'keyword_with_number'
  | 'keyword_with_text'
  | 'long'
  | 'match_only_text'
  | 'unindexed'
  | 'wildcard'
  | 'wildcard_with_text';

/** The type in both indices, or in the data stream and in the latest index. */
type Row = FieldType | readonly [stream: FieldType, latest: FieldType];

type Rows = Readonly<Record<string, Row>>;

/** The member of an element that holds what the table has no field for. */
export const OTHER = 'other';

/** Longer values in `other` are stored, not indexed; UTF-16 units, of at most three bytes each. */
export const IGNORE_ABOVE = 8191;

const ELEMENT: Rows = { [OTHER]: 'flattened_other' };

const ECS: Rows = {
  '@timestamp': 'date',
  'data_stream.namespace': ['constant_keyword', 'keyword'], // one latest index serves several namespaces
  'ecs.version': 'keyword',
  'email.from.address': 'keyword',
  'email.subject': ['keyword_with_text', 'keyword'],
  'email.to.address': 'keyword',
  'error.message': 'match_only_text',
  'event.action': 'keyword',
  'event.category': 'keyword',
  'event.created': 'date',
  'event.hash': 'keyword',
  'event.id': 'keyword',
  'event.ingested': 'date',
  'event.kind': 'keyword',
  'event.original': 'unindexed',
  'event.reason': 'keyword',
  'event.type': 'keyword',
  'observer.hostname': 'keyword',
  'os.family': 'keyword',
  'related.hash': 'keyword',
  'related.hosts': 'keyword',
  'related.ip': 'ip',
  'related.user': 'keyword',
  tags: 'keyword',
  'tcsync.feed': 'keyword',
  'tcsync.identity': 'keyword',
  'tcsync.run_id': 'keyword',
  'threat.technique.id': 'keyword',
  'threat.technique.name': ['keyword_with_text', 'keyword'],
  'user.domain': 'keyword',
  'user.email': 'keyword',
  'user.name': 'keyword_with_text',
  'user_agent.original': ['keyword_with_text', 'keyword'],
};

/** `threat.indicator`. */
const THREAT: Rows = {
  'as.number': 'long',
  confidence: 'keyword',
  description: 'keyword',
  'email.address': 'keyword',
  'email.subject': 'keyword',
  'file.hash.md5': 'keyword',
  'file.hash.sha1': 'keyword',
  'file.hash.sha256': 'keyword',
  'file.size': 'long',
  first_seen: 'date',
  id: 'keyword',
  ip: 'ip',
  last_seen: 'date',
  'marking.tlp': 'keyword',
  modified_at: 'date',
  provider: 'keyword',
  reference: 'keyword',
  'registry.data.type': 'keyword',
  'registry.hive': 'keyword',
  'registry.key': 'keyword',
  'registry.path': 'keyword',
  'registry.value': 'keyword',
  sightings: 'long',
  type: 'keyword',
  'url.domain': 'keyword',
  'url.extension': 'keyword',
  'url.fragment': 'keyword',
  'url.full': 'wildcard',
  'url.original': ['wildcard_with_text', 'keyword'],
  'url.path': 'wildcard',
  'url.port': 'long',
  'url.query': 'wildcard',
  'url.registered_domain': 'keyword',
  'url.scheme': 'keyword',
  'url.subdomain': 'keyword',
  'url.top_level_domain': 'keyword',
  'user_agent.original': 'keyword',
};

/** Fields that an indicator has itself and in the list of another one’s associations. */
const INDICATOR: Rows = {
  'active.locked': 'boolean',
  'active.value': 'boolean',
  address: 'keyword',
  as_number: 'keyword',
  block: 'keyword',
  confidence: 'long',
  date_added: 'date',
  description: 'keyword',
  dns_active: 'boolean',
  'external.date.added': 'date',
  'external.date.expires': 'date',
  first_seen: 'date',
  hashtag: 'keyword',
  host_name: 'keyword',
  ip: 'ip',
  key_name: 'keyword',
  last_modified: 'date',
  last_seen: 'date',
  legacy_link: 'keyword',
  md5: 'keyword',
  mutex: 'keyword',
  'owner.id': 'keyword',
  'owner.name': 'keyword',
  private_flag: 'boolean',
  rating: 'double',
  sha1: 'keyword',
  sha256: 'keyword',
  size: 'keyword',
  subject: 'keyword',
  summary: 'keyword',
  text: 'keyword',
  type: 'keyword',
  user_agent_string: 'keyword',
  'value.name': 'keyword',
  'value.type': 'keyword',
  web_link: 'keyword',
  whois_active: 'boolean',
};

/** `threat_connect.indicator`. */
const THREAT_CONNECT: Rows = {
  ...INDICATOR,
  id: ['keyword', 'keyword_with_number'],
  associated_artifacts: 'flattened',
  associated_cases: 'flattened',
  custom_associations: 'flattened',
  deleted_at: 'date',
  dns_resolution: 'flattened',
  enrichment: 'flattened',
  expiration_duration: 'keyword',
  'external_last.modified': 'date',
  false_positive_reported_by_user: 'boolean',
  false_positives: 'long',
  file_actions: 'flattened',
  file_occurrences: 'flattened',
  generic_custom_indicator_values: 'flattened',
  geo_location: 'flattened',
  investigation_links: 'flattened',
  ip_range: 'ip_range',
  last_false_positive: 'date',
  observations: 'flattened',
  source: 'keyword',
  'threat_assess.confidence': 'double',
  'threat_assess.rating': 'double',
  'threat_assess.score.false_positive': 'long',
  'threat_assess.score.observed': 'long',
  'threat_assess.score.value': 'long',
  tracked_users: 'flattened',
  who_is: 'flattened',
};

const CREATED_BY: Rows = {
  'created_by.first_name': 'keyword',
  'created_by.id': 'keyword',
  'created_by.last_name': 'keyword',
  'created_by.owner': 'keyword',
  'created_by.pseudonym': 'keyword',
  'created_by.user_name': 'keyword',
};

/** `threat_connect.indicator.associated_groups.data`. */
const GROUP: Rows = {
  ...ELEMENT,
  ...below('assignments.data', ELEMENT),
  ...below('attributes', ELEMENT),
  ...CREATED_BY,
  'assignments.data.type': 'keyword',
  'assignments.data.user.id': 'keyword',
  'attributes.type': 'keyword',
  'attributes.value': 'keyword',
  body: 'keyword',
  date_added: 'date',
  'document.date_added': 'date',
  'document.type': 'keyword',
  down_vote_count: 'keyword',
  due_date: 'date',
  email_date: 'date',
  escalation_date: 'date',
  event_date: 'date',
  'external.date.added': 'date',
  'external.date.expires': 'date',
  'external.last_modified': 'date',
  'file.name': 'keyword',
  'file.size': 'keyword',
  'file.text': 'keyword',
  'file.type': 'keyword',
  first_seen: 'date',
  from: 'keyword',
  generated_report: 'boolean',
  header: 'keyword',
  id: 'keyword',
  last_modified: 'date',
  last_seen: 'date',
  legacy_link: 'keyword',
  malware: 'boolean',
  name: 'keyword',
  'owner.id': 'keyword',
  'owner.name': 'keyword',
  password: 'keyword',
  publish_date: 'date',
  reminder_date: 'date',
  score_breakdown: 'keyword',
  score_includes_body: 'boolean',
  status: 'keyword',
  subject: 'keyword',
  to: 'keyword',
  type: 'keyword',
  up_vote: 'boolean',
  up_vote_count: 'keyword',
  web_link: 'keyword',
  xid: 'keyword',
};

/** `threat_connect.indicator.attributes.data`. */
const ATTRIBUTE: Rows = {
  ...ELEMENT,
  ...CREATED_BY,
  date_added: 'date',
  default: 'boolean',
  id: 'keyword',
  last_modified: 'date',
  pinned: 'boolean',
  source: 'keyword',
  type: 'keyword',
  value: 'keyword',
};

/** `threat_connect.indicator.security_labels.data`. */
const SECURITY_LABEL: Rows = {
  ...ELEMENT,
  date_added: 'date',
  name: 'keyword',
  owner: 'keyword',
  source: 'keyword',
};

/** `threat_connect.indicator.tags.data`. */
const TAG: Rows = {
  ...ELEMENT,
  last_used: 'date',
  name: 'keyword',
  owner: 'keyword',
  'platforms.count': 'long',
  'platforms.data': 'keyword',
  tactics: 'keyword',
  'technique.id': 'keyword',
};

const TABLE: Rows = {
  ...ECS,
  ...below('threat.indicator', THREAT),
  ...below('threat_connect.indicator', THREAT_CONNECT),
  ...below('threat_connect.indicator.associated_groups.data', GROUP),
  ...below('threat_connect.indicator.associated_indicators.data', {
    ...ELEMENT,
    ...INDICATOR,
    id: 'keyword',
    'external.last_modified': 'date',
  }),
  ...below('threat_connect.indicator.attributes.data', ATTRIBUTE),
  ...below('threat_connect.indicator.security_labels.data', SECURITY_LABEL),
  ...below('threat_connect.indicator.tags.data', TAG),
};

/**
 * Every field that a document may have, but for the constant ones, and its type in the data stream.
 *
 * @see https://github.com/elastic/integrations/tree/main/packages/ti_threatconnect (its `fields` files)
 */
export const FIELDS: Readonly<Record<string, FieldType>> = column(0);

/** The same for the latest index. */
export const LATEST_FIELDS: Readonly<Record<string, FieldType>> = column(1);

/** Fields that have one value in both indices; it stands in the mapping. */
export const LATEST_CONSTANT_FIELDS: Readonly<Record<string, string>> = {
  'data_stream.type': 'logs',
  'data_stream.dataset': 'ti_threatconnect.indicator',
  'event.module': 'ti_threatconnect',
  'event.dataset': 'ti_threatconnect.indicator',
  'threat.feed.name': 'ThreatConnect Indicator',
};

export const CONSTANT_FIELDS: Readonly<Record<string, string>> = {
  ...LATEST_CONSTANT_FIELDS,
  // prebuilt rules leave out what carries it: they are to match the latest index only
  'labels.is_ioc_transform_source': 'true',
};

function below(path: string, rows: Rows): Rows {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [`${path}.${name}`, row]));
}

function column(index: 0 | 1): Readonly<Record<string, FieldType>> {
  return Object.fromEntries(
    Object.entries(TABLE).map(([name, row]) => [name, typeof row === 'string' ? row : row[index]]),
  );
}
