import { DEFAULT_MOVES, type Aspect } from './aspects.ts';

/**
 * What the vendor's documentation leaves open, as settings that can be changed while the server runs.
 * The defaults are the strict reading: they catch a client that relies on luck.
 */
export interface Switches {
  /** Status of "Access Denied" for an access id that is not known. */
  unknownAccessIdStatus: 401 | 403;
  /** Greatest `resultLimit`. @see the vendor's "Enable Pagination" page (10,000) */
  maxLimit: number;
  /** A `resultLimit` above the greatest is a 400, or is lowered without a word. */
  overLimit: 'refuse' | 'cap';
  /** Greatest request target in characters; a longer one is a 414. @see RFC 9110, 4.1 (at least 8,000) */
  maxTarget: number;
  /** The body of a GET is read, or a proxy has dropped it. */
  getBody: 'read' | 'drop';
  /** Origin of `next` and `prev`; null: the request's `Host`. A reverse proxy may make it another. */
  nextOrigin: string | null;
  /** `next` also on a full last page, so that it leads to an empty one. */
  nextToEmptyPage: boolean;
  /** Fractions of a second in TQL dates: all refused, only one and two digits refused, or all taken. */
  dateFractions: 'refuse' | 'short' | 'accept';
  /** Zone of a TQL date without `Z`, in minutes east of Greenwich: users have one in their profile. */
  naiveOffsetMinutes: number;
  /** Compare `lastModified` by the whole second that is printed instead of the stored millisecond. */
  compareSeconds: boolean;
  /** `id >` and its like: allowed by the rules, shown by no public client. */
  idRange: 'accept' | 'refuse';
  /** A name in `fields` that does not exist is a 400, or is passed over. */
  unknownFields: 'refuse' | 'ignore';
  /** `fields=tags,attributes`: one unknown name, or two names. */
  commaFields: 'refuse' | 'accept';
  /** How many dots a name in `fields` may have; the "API link limit". */
  fieldLevels: number;
  /** A name with more dots: cut down to those without a word, or a 400. */
  deepFields: 'omit' | 'refuse';
  /** Most elements that a nested collection carries; null: all. */
  nestedLimit: number | null;
  /** A nested collection that was cut says its true `count`. */
  nestedCount: boolean;
  /** Nested groups and indicators of owners that the API user does not see. */
  hiddenNested: 'omit' | 'show';
  /** Which changes move an indicator's `lastModified`. */
  movesLastModified: Readonly<Record<Aspect, boolean>>;
  /** How long after its time a change becomes visible, by this server's clock. */
  commitDelayMs: number;
  /** How long `/v3/indicators/deleted` remembers, in days. */
  deletedRetentionDays: number;
  /** Meaning of `dateAdded` in a deleted row: the indicator's, or the time of the deletion. */
  deletedDateAdded: 'created' | 'deleted';
  /** Time that each page takes before it is evaluated. */
  pageDelayMs: number;
  /** Time that a page takes for each record on it, in microseconds. */
  recordDelayUs: number;
  /** Time that a page takes for each record before it (`resultStart`), in microseconds. */
  startDelayUs: number;
  /** Time that a page takes for each record and each name in `fields`, in microseconds. */
  fieldDelayUs: number;
  /** A page that would take longer than this is a TQL time-out; 0: none is. */
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
