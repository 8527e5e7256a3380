/** Elasticsearch's type of every field that a document has. The index templates are made from it. */
export const FIELDS: Readonly<Record<string, FieldType>> = {
  '@timestamp': 'date',
  'ecs.version': 'keyword',
  'error.message': 'match_only_text',
  'event.action': 'keyword',
  'event.category': 'keyword',
  'event.created': 'date',
  'event.hash': 'keyword',
  'event.id': 'keyword',
  'event.ingested': 'date',
  'event.kind': 'keyword',
  'event.original': 'unindexed',
  'event.type': 'keyword',
  tags: 'keyword',
  'tcsync.feed': 'keyword',
  'tcsync.run_id': 'keyword',
  'threat.indicator.description': 'keyword',
  'threat.indicator.ip': 'ip',
  'threat.indicator.provider': 'keyword',
  'threat.indicator.reference': 'keyword',
  'threat.indicator.type': 'keyword',
  'threat_connect.indicator.active.value': 'boolean',
  'threat_connect.indicator.confidence': 'long',
  'threat_connect.indicator.date_added': 'date',
  'threat_connect.indicator.deleted_at': 'date',
  'threat_connect.indicator.description': 'keyword',
  'threat_connect.indicator.expiration_duration': 'keyword',
  'threat_connect.indicator.id': 'keyword',
  'threat_connect.indicator.last_modified': 'date',
  'threat_connect.indicator.legacy_link': 'keyword',
  'threat_connect.indicator.owner.id': 'keyword',
  'threat_connect.indicator.owner.name': 'keyword',
  'threat_connect.indicator.rating': 'double',
  'threat_connect.indicator.source': 'keyword',
  'threat_connect.indicator.summary': 'keyword',
  'threat_connect.indicator.type': 'keyword',
  'threat_connect.indicator.web_link': 'keyword',
};

export type FieldType =
  | 'boolean'
  | 'date'
  | 'double'
  | 'ip'
  | 'keyword'
  | 'long'
  | 'match_only_text'
  | 'unindexed';

/** Fields that have one value in the whole data stream; it stands in the mapping. */
export const CONSTANT_FIELDS: Readonly<Record<string, string>> = {
  'data_stream.type': 'logs',
  'data_stream.dataset': 'ti_threatconnect.indicator',
  'event.module': 'ti_threatconnect',
  'event.dataset': 'ti_threatconnect.indicator',
  'threat.feed.name': 'ThreatConnect Indicator',
  // prebuilt rules leave out what carries it: they are to match the latest index only
  'labels.is_ioc_transform_source': 'true',
};
