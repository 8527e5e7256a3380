import { isIP } from 'node:net';
import { z } from 'zod';
import { anyText, choice, duration, flag, integer, list, text } from './kinds.ts';
import { namespace } from './namespace.ts';
import { Problem, reading } from './problem.ts';
import { optional, withDefault, type Kind } from './setting.ts';

/**
 * Upstream takes a number it cannot read for 90 days, or lets the indicator live for ever: refused here.
 * At most 99999 of a unit: an end date stays within the year 9999.
 */
const expiration = text(/^0*[1-9]\d{0,4}[dhm]$/, 'a number from 1 to 99999 with unit d, h or m');

const ownAddress: Kind<string> = {
  schema: reading(z.string(), (value) => (isIP(value) ? value : new Problem('is no IP address'))),
  expected: 'an IP address of this machine, or 0.0.0.0 or :: for all of them',
};

/** A Schedule's interval, in the environment and in `tcsync.yaml`. */
export const syncEvery = duration('1s', '7d');

/** The program's own behaviour. */
export const program = {
  TCSYNC_CONFIG: optional(anyText('the path of a YAML file'), {
    meaning:
      'file with several feeds; unset: `tcsync.yaml` in the working directory if there is one, else one feed from `TC_…`',
    example: '/etc/tcsync/tcsync.yaml',
  }),
  TCSYNC_NAMESPACE: withDefault('default', namespace, {
    meaning:
      'namespace of the data stream `logs-ti_threatconnect.indicator-<namespace>`; lower case, no hyphen',
  }),
  TCSYNC_SYNC_EVERY: withDefault('5m', syncEvery, {
    meaning: 'how often a feed is read',
  }),
  TCSYNC_VERIFY_EVERY: withDefault('1d', duration('1m', '30d'), {
    meaning: 'how often ThreatConnect and Elasticsearch are compared',
    pending: true,
  }),
  TCSYNC_OUTPUT_PROFILE: withDefault('enriched', choice('enriched', 'compatible'), {
    meaning: 'shape of the documents; compatible: exactly those of Elastic’s integration',
  }),
  TCSYNC_EXPIRY: withDefault('confirmed', choice('confirmed', 'fixed'), {
    meaning:
      'end of life counts from the day on which the source last showed it active, or (fixed) from `lastModified`; profile compatible: always fixed',
  }),
  TCSYNC_IOC_EXPIRATION: withDefault('90d', expiration, {
    meaning: 'how long an indicator lives after that (a number with unit d, h or m)',
  }),
  TCSYNC_TIMESTAMP: withDefault('modified', choice('modified', 'confirmed'), {
    meaning:
      '`@timestamp` is `lastModified`, or (confirmed) the day on which the source last showed the indicator active: within the 30 days of Elastic’s rules',
  }),
  TCSYNC_TAGS: withDefault('forwarded,threatconnect-indicator', list('tags'), {
    meaning: '`tags` of every document; a lone comma: none',
  }),
  TCSYNC_PRESERVE_ORIGINAL_EVENT: withDefault('false', flag(), {
    meaning: 'keep the record as it came, unredacted, in `event.original`',
  }),
  TCSYNC_PEOPLE: withDefault('keep', choice('keep', 'drop'), {
    meaning: 'whether documents keep the names of ThreatConnect users',
  }),
  TCSYNC_PASSWORDS: withDefault('drop', choice('keep', 'drop'), {
    meaning:
      'whether documents keep passwords of associated groups, such as that of a malware archive',
  }),
  TCSYNC_MAX_REJECTS_PERCENT: withDefault('10', integer(0, 100), {
    meaning:
      'rejects that a page of 50 records and more may have, in percent; above it the page fails',
  }),
  TCSYNC_MAX_ENDINGS_PERCENT: withDefault('5', integer(0, 100), {
    meaning: 'endings that a feed may have at once, in percent; above it they wait for approval',
    pending: true,
  }),
  TCSYNC_LISTEN_ADDRESS: withDefault('127.0.0.1', ownAddress, {
    meaning:
      'IP address of this machine at which the two ports below answer; 0.0.0.0: at all of them, as the image does',
  }),
  TCSYNC_HTTP_PORT: withDefault('8085', integer(0, 65_535), {
    meaning: 'port of `/healthz` and `/readyz`; 0: any that is free',
  }),
  TCSYNC_METRICS_PORT: withDefault('9464', integer(0, 65_535), {
    meaning: 'port of the Prometheus metrics, `/metrics`; 0: any that is free',
  }),
  TCSYNC_LOG_LEVEL: withDefault('info', choice('trace', 'debug', 'info', 'warn', 'error'), {
    meaning: 'least severe log line that is written',
  }),
  TCSYNC_BUILD_ID: optional(text(/^[!-~]{1,255}$/, 'at most 255 characters without blanks'), {
    meaning: 'build of this worker for Temporal’s worker versioning; unset: versioning off',
    example: '2026-11-25.3f9c2d1',
  }),
};
