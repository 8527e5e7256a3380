import { DEFAULT_MOVES, type Aspect } from './aspects.ts';

/**
 * The questions that the vendor's documentation does not answer, as settings that can be changed while the server runs.
 * The defaults are the strictest possible behaviour, so that they show every assumption of a client.
 */
export interface Switches {
  /** Status of "Access Denied" for an unknown access id. */
  unknownAccessIdStatus: 401 | 403;
  /** Maximum `resultLimit`. @see the vendor's "Enable Pagination" page (10,000) */
  maxLimit: number;
  /** A `resultLimit` above the maximum is a 400, or is silently lowered. */
  overLimit: 'refuse' | 'cap';
  /** Maximum length of a request target in characters; a longer one is a 414. @see RFC 9110, 4.1 (at least 8,000) */
  maxTarget: number;
  /** The body of a GET is read, or is ignored as if a proxy had dropped it. */
  getBody: 'read' | 'drop';
  /** Origin of `next` and `prev`; `null`: the request's `Host`. A reverse proxy may cause another one. */
  nextOrigin: string | null;
  /** Whether a full last page also has `next`, which then leads to an empty page. */
  nextToEmptyPage: boolean;
  /** Fractions of a second in TQL dates: all refused, only one or two digits refused, or all accepted. */
  dateFractions: 'refuse' | 'short' | 'accept';
  /** Zone of a TQL date without `Z`, in minutes east of Greenwich: users have a zone in their profile. */
  naiveOffsetMinutes: number;
  /** Whether `lastModified` is compared by its printed whole second instead of its stored millisecond. */
  compareSeconds: boolean;
  /** `id >` and the like: the rules allow it, but no public client is known to use it. */
  idRange: 'accept' | 'refuse';
  /** What a query finds that does not name `indicatorActive`. @see the vendor's "Indicators" page (active, since 2024) */
  defaultStatus: 'active' | 'all';
  /** A name in `fields` that does not exist is a 400, or is ignored. */
  unknownFields: 'refuse' | 'ignore';
  /** `fields=tags,attributes`: one unknown name, or two names. */
  commaFields: 'refuse' | 'accept';
  /** Maximum number of dots in a name of `fields`: the "API link limit". */
  fieldLevels: number;
  /** A name with more dots is silently shortened, or is a 400. */
  deepFields: 'omit' | 'refuse';
  /** Maximum number of elements in a nested collection; `null`: all. */
  nestedLimit: number | null;
  /** Whether a shortened nested collection has its true `count`. */
  nestedCount: boolean;
  /** Nested groups and indicators of owners that the API user does not see. */
  hiddenNested: 'omit' | 'show';
  /** Which changes move an indicator's `lastModified`. */
  movesLastModified: Readonly<Record<Aspect, boolean>>;
  /** Time until a change becomes visible, by this server's clock. */
  commitDelayMs: number;
  /** How long `/v3/indicators/deleted` keeps a row, in days. */
  deletedRetentionDays: number;
  /** Meaning of `dateAdded` in a deleted row: that of the indicator, or the time of the deletion. */
  deletedDateAdded: 'created' | 'deleted';
  /** Delay of each page before it is evaluated. */
  pageDelayMs: number;
  /** Delay of a page for each record on it, in microseconds. */
  recordDelayUs: number;
  /** Delay of a page for each record before it (`resultStart`), in microseconds. */
  startDelayUs: number;
  /** Delay of a page for each record and each name in `fields`, in microseconds. */
  fieldDelayUs: number;
  /** A page with a longer delay is a TQL time-out; 0: there is no limit. */
  tqlTimeoutMs: number;
  tqlTimeoutStatus: 400 | 500 | 504;
}

export const DEFAULT_SWITCHES: Readonly<Switches> = {
  unknownAccessIdStatus: 401,
  maxLimit: 10_000,
  overLimit: 'refuse',
  maxTarget: 8_000,
  getBody: 'read',
  nextOrigin: null,
  nextToEmptyPage: false,
  dateFractions: 'refuse',
  naiveOffsetMinutes: 0,
  compareSeconds: false,
  idRange: 'accept',
  defaultStatus: 'active',
  unknownFields: 'refuse',
  commaFields: 'refuse',
  fieldLevels: 0,
  deepFields: 'omit',
  nestedLimit: null,
  nestedCount: true,
  hiddenNested: 'omit',
  movesLastModified: DEFAULT_MOVES,
  commitDelayMs: 0,
  deletedRetentionDays: 30,
  deletedDateAdded: 'created',
  pageDelayMs: 0,
  recordDelayUs: 0,
  startDelayUs: 0,
  fieldDelayUs: 0,
  tqlTimeoutMs: 0,
  tqlTimeoutStatus: 500,
};
