import {
  cloudId,
  elasticsearchUrl,
  ownAddress,
  proxyUrl,
  threatConnectUrl,
} from './address-kinds.ts';
import {
  accessId,
  apiKey,
  certificateFile,
  fingerprint,
  password,
  secretKey,
  token,
  username,
} from './credential-kinds.ts';
import {
  anyText,
  choice,
  decimal,
  duration,
  elasticDuration,
  expiration,
  flag,
  integer,
  list,
  size,
  text,
} from './kinds.ts';
import { namespace } from './namespace.ts';
import { crons, timeZone } from './schedule-kinds.ts';
import { fields, tql } from './selection-kinds.ts';
import { optional, required, withDefault, type Setting, type SettingGroup } from './setting.ts';

/*
 * Every setting except those of Temporal (`TEMPORAL_…`, see `load-temporal.ts`). To add one, declare it here and run
 * `npm run docs`: the typed configuration, the faults, the comparison with the workers' settings, `docs/settings.md`
 * and `.env.example` come from the declaration.
 */

/** ThreatConnect: its address, the credentials, and the limits of requests. */
export const SOURCE = {
  url: required('TC_URL', threatConnectUrl, {
    meaning: 'address of the ThreatConnect instance',
    example: 'https://app.threatconnect.com',
  }),
  accessId: optional('TC_ACCESS_ID', accessId, {
    meaning: 'access id of the API user',
    example: '12345678901234567890',
    need: 'needed, or `TC_API_TOKEN`',
  }),
  secretKey: optional('TC_SECRET_KEY', secretKey, {
    meaning: 'secret key of the API user',
    need: 'needed, or `TC_API_TOKEN`',
  }),
  token: optional('TC_API_TOKEN', token, {
    meaning: 'token of an API user, in place of access id and secret key',
    need: 'in place of `TC_ACCESS_ID` and `TC_SECRET_KEY`',
  }),
  httpTimeoutMs: withDefault('TC_HTTP_TIMEOUT', '2m', duration('1s', '4m'), {
    meaning: 'longest wait for an answer to begin, and for its next bytes',
  }),
  maxBodyBytes: withDefault('TC_MAX_BODY', '128MiB', size('1MiB', '256MiB'), {
    meaning: 'largest record that is read; a larger one is set aside as a reject',
  }),
  requestsPerSecond: withDefault('TC_REQUESTS_PER_SECOND', '10', decimal(0.01, 1_000), {
    meaning: 'most requests in a second, per worker process',
  }),
  ca: optional('TC_CA_FILE', certificateFile, {
    meaning:
      'file with the authority that signed the certificate of ThreatConnect, or of a proxy in between; unset: the authorities known to Node',
    example: '/etc/tcsync/threatconnect-ca.pem',
  }),
  proxyUrl: optional('HTTPS_PROXY', proxyUrl, {
    meaning: 'proxy for an https ThreatConnect; unset: none',
    example: 'http://proxy.example:3128',
    alias: 'https_proxy',
  }),
  noProxy: withDefault('NO_PROXY', '', anyText('host names, separated by commas'), {
    meaning:
      'hosts that are reached without the proxy: names (with their subdomains), addresses, blocks of addresses such as 10.0.0.0/8, each with or without `:port`; `*`: all',
    example: 'localhost,.internal.example',
    alias: 'no_proxy',
  }),
};

/** What a feed reads, unless `tcsync.yaml` says it. */
export const SELECTION = {
  owners: withDefault('TC_OWNERS', '', list('names of owners'), {
    meaning:
      'owners whose indicators are read; unset: all that the API user sees (a name with a comma: in tcsync.yaml)',
    example: 'Acme Intelligence,Common Community',
  }),
  types: withDefault('TC_TYPES', '', list('names of indicator types'), {
    meaning: 'indicator types that are read, custom ones too; unset: all',
    example: 'Address,Host,URL,File',
  }),
  tql: optional('TC_TQL', tql, {
    meaning: 'further filter in TQL; unset: none',
    example: "'rating >= 3 AND confidence >= 50'",
  }),
  fields: withDefault(
    'TC_FIELDS',
    'attributes,securityLabels,tags,threatAssess,sightings,falsePositives,externalDates,associatedGroups,associatedIndicators',
    fields,
    {
      meaning:
        'optional fields that are requested in addition to the keys of every indicator; a lone comma: none',
      example: 'tags,threatAssess,associatedGroups.attributes',
    },
  ),
};

/** When a feed is read, unless `tcsync.yaml` says it. */
export const SCHEDULE = {
  everyMs: withDefault('TCSYNC_SYNC_EVERY', '5m', duration('1s', '7d'), {
    meaning: 'how often a feed is read, unless `TCSYNC_SYNC_CRON` is set',
  }),
  crons: optional('TCSYNC_SYNC_CRON', crons, {
    meaning: 'when a feed is read, in place of an interval; unset: every `TCSYNC_SYNC_EVERY`',
    example: "'0 6 * * MON-FRI; 0 12 * * SAT'",
  }),
  timezone: withDefault('TCSYNC_TIMEZONE', 'UTC', timeZone, {
    meaning: 'time zone of the cron expressions',
    example: 'Europe/Berlin',
  }),
};

export const FEED_FILE = optional('TCSYNC_CONFIG', anyText('the path of a YAML file'), {
  meaning:
    'file with several feeds; unset: `tcsync.yaml` in the working directory if there is one, else one feed from these settings',
  example: '/etc/tcsync/tcsync.yaml',
});

/** How runs read, and their limits. */
const RUNS = {
  pageSize: withDefault('TC_PAGE_SIZE', '2000', integer(1, 10_000), {
    meaning: 'records asked for in one request',
  }),
  lanes: withDefault('TC_LANES', '2', integer(1, 16), {
    meaning: 'slices of a window that are read at the same time',
  }),
  maxAssociations: withDefault('TC_MAX_ASSOCIATIONS', '10000', integer(1, 1_000_000), {
    meaning:
      'an indicator that is too heavy to read whole keeps at most so many associated groups, and as many associated indicators',
  }),
  safetyLagMs: withDefault('TC_SAFETY_LAG', '60s', duration('0s', '1h'), {
    meaning: 'a window ends this long before now, so that writes under way become visible',
  }),
  overlapMs: withDefault('TC_OVERLAP', '5m', duration('0s', '7d'), {
    meaning: 'a window begins this long before the end of the last one',
  }),
  initialIntervalMs: optional('TC_INITIAL_INTERVAL', duration('1m', '36500d'), {
    meaning: 'how far back the first run goes by `lastModified`; unset: everything',
    example: '90d',
  }),
  maxRejectsPercent: withDefault('TCSYNC_MAX_REJECTS_PERCENT', '10', integer(0, 100), {
    meaning:
      'largest share of rejects in a page of 50 records or more, in percent; above it the page fails',
  }),
  maxEndingsPercent: withDefault('TCSYNC_MAX_ENDINGS_PERCENT', '5', integer(0, 100), {
    meaning:
      'largest share of a feed that may end at once, in percent; more endings wait for approval',
    isPending: true,
  }),
  verifyEveryMs: withDefault('TCSYNC_VERIFY_EVERY', '1d', duration('1m', '30d'), {
    meaning: 'how often ThreatConnect and Elasticsearch are compared',
    isPending: true,
  }),
};

/** Elasticsearch: its address, and the credentials. */
export const SINK = {
  url: optional('ES_URL', elasticsearchUrl, {
    meaning: 'address of Elasticsearch',
    example: 'https://elasticsearch.example:9200',
    need: 'needed, or `ES_CLOUD_ID`',
  }),
  cloudId: optional('ES_CLOUD_ID', cloudId, {
    meaning: 'deployment in Elastic Cloud, in place of the address',
    example: 'name:ZXUuZXhhbXBsZS5jb20kYWJjJGRlZg==',
    need: 'in place of `ES_URL`',
  }),
  apiKey: optional('ES_API_KEY', apiKey, {
    meaning: 'API key that writes, in its encoded form',
    need: 'needed unless the cluster has no security or `ES_USERNAME` is set',
  }),
  username: optional('ES_USERNAME', username, {
    meaning: 'user that writes, in place of an API key',
    example: 'tcsync',
    need: 'together with `ES_PASSWORD`',
  }),
  password: optional('ES_PASSWORD', password, {
    meaning: 'password of that user',
    need: 'together with `ES_USERNAME`',
  }),
  installerApiKey: optional('ES_INSTALLER_API_KEY', apiKey, {
    meaning:
      'API key with the privileges for templates, policies and transforms, see docs/security.md; unset: the credentials that write',
  }),
  ca: optional('ES_CA_FILE', certificateFile, {
    meaning:
      'file with the authority that signed the certificate of Elasticsearch; unset: the authorities known to Node',
    example: '/etc/tcsync/elasticsearch-ca.pem',
  }),
  caFingerprint: optional('ES_CA_FINGERPRINT', fingerprint, {
    meaning: 'SHA-256 of that authority, as Elasticsearch prints it at its first start; https only',
    example: `${'AB:'.repeat(31)}AB`,
  }),
};

/** The assets that the program creates in Elasticsearch. Durations are in Elasticsearch's format. */
export const ASSETS = {
  // 120 s: refreshes on Serverless are slow enough that a transform with 60 s missed documents
  transformDelay: withDefault('ES_TRANSFORM_DELAY', '120s', elasticDuration('0s', '1h'), {
    meaning: 'how long the transform waits for documents to become searchable',
  }),
  // bounds: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-transform-put-transform
  transformFrequency: withDefault('ES_TRANSFORM_FREQUENCY', '30s', elasticDuration('1s', '1h'), {
    meaning: 'how often the transform looks for changes',
  }),
  ilmRollover: withDefault('ES_ILM_ROLLOVER', '1d', elasticDuration('1m', '365d'), {
    meaning: 'age at which the data stream gets a new backing index (at 50 GB in any case)',
  }),
  ilmDelete: withDefault('ES_ILM_DELETE', '7d', elasticDuration('1m', '3650d'), {
    meaning: 'how long after the rollover the old backing index is deleted',
  }),
  keepPreviousMs: withDefault('TCSYNC_KEEP_PREVIOUS', '7d', duration('0s', '3650d'), {
    meaning:
      'how long a latest index that was replaced is kept, so that `tcsync apply --undo` can go back to it',
  }),
  assets: withDefault('ES_ASSETS', 'own', choice('own', 'feed-only', 'takeover'), {
    meaning:
      'own: create templates, policy and transform; feed-only: write documents, Fleet has the assets; takeover: replace Fleet’s (docs/migrate-from-fleet.md)',
  }),
};

/** The target of documents, and their content. */
export const DOCUMENTS = {
  namespace: withDefault('TCSYNC_NAMESPACE', 'default', namespace, {
    meaning:
      'namespace of the data stream `logs-ti_threatconnect.indicator-<namespace>`; lower case, no hyphen',
  }),
  pipeline: withDefault(
    'ES_PIPELINE',
    '_none',
    text(/^[!-~]{1,255}$/, 'the id of an ingest pipeline, or _none'),
    {
      meaning:
        'ingest pipeline that documents pass before they are stored; `_none`: none, not even the default pipeline of the data stream',
      example: 'ti_threatconnect@custom',
    },
  ),
  profile: withDefault('TCSYNC_OUTPUT_PROFILE', 'enriched', choice('enriched', 'compatible'), {
    meaning: 'shape of the documents; compatible: exactly those of Elastic’s integration',
  }),
  expiry: withDefault('TCSYNC_EXPIRY', 'confirmed', choice('confirmed', 'fixed'), {
    meaning:
      'start of an indicator’s life; confirmed: the day on which ThreatConnect last showed it active; fixed: its `lastModified`; profile compatible: always fixed',
  }),
  /** Stays a text, because documents quote it. */
  iocExpiration: withDefault('TCSYNC_IOC_EXPIRATION', '90d', expiration, {
    meaning: 'how long an indicator lives (a number with unit d, h or m)',
  }),
  timestamp: withDefault('TCSYNC_TIMESTAMP', 'modified', choice('modified', 'confirmed'), {
    meaning:
      '`@timestamp`; modified: `lastModified`; confirmed: the day on which ThreatConnect last showed the indicator active, so that it stays within the 30 days of Elastic’s rules',
  }),
  tags: withDefault('TCSYNC_TAGS', 'forwarded,threatconnect-indicator', list('tags'), {
    meaning: '`tags` of every document; a lone comma: none',
  }),
  preserveOriginalEvent: withDefault('TCSYNC_PRESERVE_ORIGINAL_EVENT', 'false', flag(), {
    meaning: 'keep the record as it came, unredacted, in `event.original`',
  }),
  people: withDefault('TCSYNC_PEOPLE', 'keep', choice('keep', 'drop'), {
    meaning: 'whether documents keep the names of ThreatConnect users',
  }),
  passwords: withDefault('TCSYNC_PASSWORDS', 'drop', choice('keep', 'drop'), {
    meaning:
      'whether documents keep passwords of associated groups, such as that of a malware archive',
  }),
};

/** The settings that all activities use. */
export const PROGRAM = { ...RUNS, ...ASSETS, ...DOCUMENTS };

/** One worker process. */
export const WORKER = {
  listenAddress: withDefault('TCSYNC_LISTEN_ADDRESS', '127.0.0.1', ownAddress, {
    meaning:
      'IP address of this machine at which the two ports below answer; 0.0.0.0: at all of its addresses, as in the image',
  }),
  httpPort: withDefault('TCSYNC_HTTP_PORT', '8085', integer(0, 65_535), {
    meaning: 'port of `/healthz` and `/readyz`; 0: any that is free',
  }),
  metricsPort: withDefault('TCSYNC_METRICS_PORT', '9464', integer(0, 65_535), {
    meaning: 'port of the Prometheus metrics, `/metrics`; 0: any that is free',
  }),
  logLevel: withDefault(
    'TCSYNC_LOG_LEVEL',
    'info',
    choice('trace', 'debug', 'info', 'warn', 'error'),
    { meaning: 'least severe log line that is written' },
  ),
  buildId: optional(
    'TCSYNC_BUILD_ID',
    text(/^[!-~]{1,255}$/, 'at most 255 characters without blanks'),
    {
      meaning: 'build of this worker for Temporal’s worker versioning; unset: versioning off',
      example: '2026-11-25.3f9c2d1',
    },
  ),
};

/** The order in `docs/settings.md` and in lists of faults. */
export const SECTIONS: readonly { title: string; settings: SettingGroup }[] = [
  { title: 'ThreatConnect', settings: SOURCE },
  { title: 'Feeds', settings: { ...SELECTION, ...SCHEDULE, file: FEED_FILE } },
  { title: 'Runs', settings: RUNS },
  { title: 'Elasticsearch', settings: SINK },
  { title: 'What is created in Elasticsearch', settings: ASSETS },
  { title: 'Documents', settings: DOCUMENTS },
  { title: 'Worker process', settings: WORKER },
];

export const SETTINGS: readonly Setting[] = SECTIONS.flatMap(({ settings }) =>
  Object.values(settings),
);
