import type { Config, Feed } from './config.ts';

/**
 * What decides what is read, from where, where it is written and in which form, by the variables that say so.
 * Both the command line and the workers have it, and it should be the same in both. Left out are credentials, the
 * way through the network, and what belongs to a process alone: `test/unit/config/compared-settings.test.ts` has
 * the list.
 */
export function comparedSettings({ source, feeds, sink, program }: Config) {
  const ofFeeds = (valueOf: (feed: Feed) => unknown) => feeds.map(valueOf);
  return [
    ['TC_URL', source.url],
    ['TC_ACCESS_ID', source.credentials.scheme === 'hmac' ? source.credentials.accessId : null],
    ['the feeds of tcsync.yaml', ofFeeds(({ name }) => name)],
    ['TC_OWNERS', ofFeeds(({ owners }) => [...owners].sort())],
    ['TC_TYPES', ofFeeds(({ types }) => [...types].sort())],
    ['TC_TQL', ofFeeds(({ tql }) => tql)],
    ['TC_FIELDS', ofFeeds(({ fields }) => [...fields].sort())],
    ['TCSYNC_SYNC_EVERY', ofFeeds(({ syncEveryMs }) => syncEveryMs)],
    ['TC_PAGE_SIZE', source.pageSize],
    ['TC_LANES', source.lanes],
    ['TC_MAX_BODY', source.maxBodyBytes],
    ['TC_MAX_ASSOCIATIONS', source.maxAssociations],
    ['TC_SAFETY_LAG', source.safetyLagMs],
    ['TC_OVERLAP', source.overlapMs],
    ['TC_INITIAL_INTERVAL', source.initialIntervalMs],
    ['ES_URL', sink.url],
    ['ES_CLOUD_ID', sink.cloudId],
    ['ES_TRANSFORM_DELAY', sink.transformDelay],
    ['ES_TRANSFORM_FREQUENCY', sink.transformFrequency],
    ['ES_ILM_ROLLOVER', sink.ilmRollover],
    ['ES_ILM_DELETE', sink.ilmDelete],
    ['ES_ASSETS', sink.assets],
    ['TCSYNC_NAMESPACE', program.namespace],
    ['TCSYNC_VERIFY_EVERY', program.verifyEveryMs],
    ['TCSYNC_OUTPUT_PROFILE', program.profile],
    ['TCSYNC_EXPIRY', program.expiry],
    ['TCSYNC_IOC_EXPIRATION', program.iocExpiration],
    ['TCSYNC_TIMESTAMP', program.timestamp],
    ['TCSYNC_TAGS', program.tags],
    ['TCSYNC_PRESERVE_ORIGINAL_EVENT', program.preserveOriginalEvent],
    ['TCSYNC_PEOPLE', program.people],
    ['TCSYNC_PASSWORDS', program.passwords],
    ['TCSYNC_MAX_REJECTS_PERCENT', program.maxRejectsPercent],
    ['TCSYNC_MAX_ENDINGS_PERCENT', program.maxEndingsPercent],
  ] as const;
}
