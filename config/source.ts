import { proxyUrl, threatConnectUrl } from './address-kinds.ts';
import { certificateFile } from './credential-kinds.ts';
import { FIELDS_EXPECTED, parseFields } from './selection-kinds.ts';
import { readHeaderValue } from './header-value.ts';
import {
  anyText,
  checkedList,
  decimal,
  duration,
  integer,
  list,
  secret,
  size,
  text,
} from './kinds.ts';
import { reading } from './problem.ts';
import { parseTql } from './tql.ts';
import { optional, required, withDefault, type Kind } from './setting.ts';
import { z } from 'zod';

/** The access id goes into a header before a colon. It is not a secret, but people paste secrets here. */
const accessId: Kind<string> = {
  ...text(/^[!-9;-~]+$/, 'the access id of an API user, a number of about 20 digits'),
  shown: 'hidden',
  file: 'also',
};

const tql: Kind<string> = {
  schema: reading(z.string(), parseTql),
  expected: 'a TQL filter that does not name indicatorActive',
};

/** ThreatConnect: where it is, who asks, what is read and how hard. */
export const source = {
  TC_URL: required(threatConnectUrl, {
    meaning: 'address of the ThreatConnect instance',
    example: 'https://app.threatconnect.com',
  }),
  TC_ACCESS_ID: optional(accessId, {
    meaning: 'access id of the API user',
    example: '12345678901234567890',
    required: 'yes, or `TC_API_TOKEN`',
  }),
  TC_SECRET_KEY: optional(secret('the secret key of the API user'), {
    meaning: 'secret key of the API user',
    required: 'yes, or `TC_API_TOKEN`',
  }),
  TC_API_TOKEN: optional(secret('the token of an API user', readHeaderValue), {
    meaning: 'token of an API user, in place of access id and secret key',
    required: 'in place of `TC_ACCESS_ID` and `TC_SECRET_KEY`',
  }),
  TC_OWNERS: withDefault('', list('names of owners'), {
    meaning:
      'owners whose indicators are read; unset: all that the API user sees (a name with a comma: in tcsync.yaml)',
    example: 'Acme Intelligence,Common Community',
  }),
  TC_TYPES: withDefault('', list('names of indicator types'), {
    meaning: 'indicator types that are read, custom ones too; unset: all',
    example: 'Address,Host,URL,File',
  }),
  TC_TQL: optional(tql, {
    meaning: 'further filter in TQL; unset: none',
    example: "'rating >= 3 AND confidence >= 50'",
  }),
  TC_FIELDS: withDefault(
    'attributes,securityLabels,tags,threatAssess,sightings,falsePositives,externalDates,associatedGroups,associatedIndicators',
    checkedList(FIELDS_EXPECTED, parseFields),
    {
      meaning: 'what is asked for beside the keys that every indicator has; a lone comma: nothing',
      example: 'tags,threatAssess,associatedGroups.attributes',
    },
  ),
  TC_PAGE_SIZE: withDefault('2000', integer(1, 10_000), {
    meaning: 'records asked for in one request',
  }),
  TC_LANES: withDefault('2', integer(1, 16), {
    meaning: 'slices of a window that are read at the same time',
  }),
  TC_HTTP_TIMEOUT: withDefault('2m', duration('1s', '4m'), {
    meaning: 'longest wait for an answer, and for more of it',
  }),
  TC_MAX_BODY: withDefault('128MiB', size('1MiB', '256MiB'), {
    meaning: 'largest record that is read; a larger one is set aside as a reject',
  }),
  TC_MAX_ASSOCIATIONS: withDefault('10000', integer(1, 1_000_000), {
    meaning:
      'associated groups, and as many indicators, that an indicator keeps that is too heavy to be read whole',
  }),
  TC_REQUESTS_PER_SECOND: withDefault('10', decimal(0.01, 1_000), {
    meaning: 'requests in a second, per worker process',
  }),
  TC_SAFETY_LAG: withDefault('60s', duration('0s', '1h'), {
    meaning: 'a window ends this long before now, so that writes under way become visible',
  }),
  TC_OVERLAP: withDefault('5m', duration('0s', '7d'), {
    meaning: 'a window begins this long before the end of the last one',
  }),
  TC_INITIAL_INTERVAL: optional(duration('1m', '36500d'), {
    meaning: 'how far back the first run goes by `lastModified`; unset: everything',
    example: '90d',
  }),
  TC_CA_FILE: optional(certificateFile, {
    meaning:
      'authority that signed the certificate of ThreatConnect, or of a proxy in between; unset: those known to Node',
    example: '/etc/tcsync/threatconnect-ca.pem',
  }),
  HTTPS_PROXY: optional(proxyUrl, {
    meaning: 'proxy for an https ThreatConnect; unset: none',
    example: 'http://proxy.example:3128',
    alias: 'https_proxy',
  }),
  NO_PROXY: withDefault('', anyText('host names, separated by commas'), {
    meaning:
      'hosts that are reached without the proxy: names (and what is below them), addresses, blocks of addresses such as 10.0.0.0/8, each with `:port` or not; `*`: all',
    example: 'localhost,.internal.example',
    alias: 'no_proxy',
  }),
};
