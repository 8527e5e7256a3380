import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIELDS } from '../../../mapping/field-table.ts';

const TI = 'threat.indicator';
const TC = 'threat_connect.indicator';
const GROUPS = `${TC}.associated_groups.data`;
const INDICATORS = `${TC}.associated_indicators.data`;

/**
 * Types of the data stream as Elastic's package declares them, and of the program's own fields, by the object that they
 * are in. This is a second copy on purpose: a field that is lost from the table, or changes its type, changes every
 * index that is set up from it.
 */
const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  boolean: {
    [TC]: `active.locked active.value dns_active false_positive_reported_by_user private_flag whois_active`,
    [`${TC}.attributes.data`]: 'default pinned',
    [GROUPS]: 'generated_report malware score_includes_body up_vote',
    [INDICATORS]: 'active.locked active.value dns_active private_flag whois_active',
  },
  date: {
    '': '@timestamp event.created event.ingested',
    [TI]: 'first_seen last_seen modified_at',
    [TC]: `date_added deleted_at external.date.added external.date.expires external_last.modified first_seen
      last_false_positive last_modified last_seen`,
    [`${TC}.attributes.data`]: 'date_added last_modified',
    [`${TC}.security_labels.data`]: 'date_added',
    [`${TC}.tags.data`]: 'last_used',
    [GROUPS]: `date_added document.date_added due_date email_date escalation_date event_date
      external.date.added external.date.expires external.last_modified first_seen last_modified last_seen
      publish_date reminder_date`,
    [INDICATORS]: `date_added external.date.added external.date.expires external.last_modified first_seen
      last_modified last_seen`,
  },
  double: {
    [TC]: 'rating threat_assess.confidence threat_assess.rating',
    [INDICATORS]: 'rating',
  },
  flattened: {
    [TC]: `associated_artifacts associated_cases custom_associations dns_resolution enrichment file_actions
      file_occurrences generic_custom_indicator_values geo_location investigation_links observations
      tracked_users who_is`,
  },
  flattened_other: {
    [`${TC}.attributes.data`]: 'other',
    [`${TC}.security_labels.data`]: 'other',
    [`${TC}.tags.data`]: 'other',
    [GROUPS]: 'assignments.data.other attributes.other other',
    [INDICATORS]: 'other',
  },
  ip: { '': 'related.ip', [TI]: 'ip', [TC]: 'ip', [INDICATORS]: 'ip' },
  ip_range: { [TC]: 'ip_range' },
  long: {
    [TI]: 'as.number file.size sightings url.port',
    [TC]: `confidence false_positives threat_assess.score.false_positive threat_assess.score.observed
      threat_assess.score.value`,
    [`${TC}.tags.data`]: 'platforms.count',
    [INDICATORS]: 'confidence',
  },
  constant_keyword: { '': 'data_stream.namespace' },
  keyword_with_text: {
    '': 'email.subject threat.technique.name user.name user_agent.original',
  },
  match_only_text: { '': 'error.message' },
  unindexed: { '': 'event.original' },
  wildcard: { [TI]: 'url.full url.path url.query' },
  wildcard_with_text: { [TI]: 'url.original' },
  keyword: {
    '': `ecs.version email.from.address email.to.address event.action event.category event.hash event.id
      event.kind event.reason event.type observer.hostname os.family related.hash related.hosts related.user
      tags tcsync.feed tcsync.identity tcsync.run_id threat.technique.id user.domain user.email`,
    [TI]: `confidence description email.address email.subject file.hash.md5 file.hash.sha1 file.hash.sha256 id
      marking.tlp provider reference registry.data.type registry.hive registry.key registry.path
      registry.value type url.domain url.extension url.fragment url.registered_domain url.scheme
      url.subdomain url.top_level_domain user_agent.original`,
    [TC]: `address as_number block description expiration_duration hashtag host_name id key_name legacy_link md5
      mutex owner.id owner.name sha1 sha256 size source subject summary text type user_agent_string value.name
      value.type web_link`,
    [`${TC}.attributes.data`]: `created_by.first_name created_by.id created_by.last_name created_by.owner
      created_by.pseudonym created_by.user_name id source type value`,
    [`${TC}.security_labels.data`]: 'name owner source',
    [`${TC}.tags.data`]: 'name owner platforms.data tactics technique.id',
    [GROUPS]: `assignments.data.type assignments.data.user.id attributes.type attributes.value body
      created_by.first_name created_by.id created_by.last_name created_by.owner created_by.pseudonym
      created_by.user_name document.type down_vote_count file.name file.size file.text file.type from header id
      legacy_link name owner.id owner.name password score_breakdown status subject to type up_vote_count
      web_link xid`,
    [INDICATORS]: `address as_number block description hashtag host_name id key_name legacy_link md5 mutex
      owner.id owner.name sha1 sha256 size subject summary text type user_agent_string value.name value.type
      web_link`,
  },
};

for (const [type, places] of Object.entries(TYPES)) {
  test(`the fields of type ${type} are these and no others`, () => {
    const names = Object.entries(places).flatMap(([place, keys]) =>
      keys.split(/\s+/).map((key) => (place === '' ? key : `${place}.${key}`)),
    );
    const declared = Object.keys(FIELDS).filter((name) => FIELDS[name] === type);
    assert.deepEqual(declared.toSorted(), names.toSorted());
  });
}

test('there are no other types', () => {
  const types = new Set<string>(Object.values(FIELDS));
  assert.deepEqual([...types].toSorted(), Object.keys(TYPES).toSorted());
});
