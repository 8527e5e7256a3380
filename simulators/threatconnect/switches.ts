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
  /** Origin of `next` and `prev`; null: the request's `Host`. A reverse proxy may make it another. */
  nextOrigin: string | null;
  /** `next` also on a full last page, so that it leads to an empty one. */
  nextToEmptyPage: boolean;
  /** Fractions of a second in TQL dates: all refused, only one and two digits refused, or all taken. */
  dateFractions: 'refuse' | 'short' | 'accept';
  /** Compare `lastModified` by the whole second that is printed instead of the stored millisecond. */
  compareSeconds: boolean;
  /** How long `/v3/indicators/deleted` remembers, in days. */
  deletedRetentionDays: number;
  /** Time that each page takes before it is evaluated. */
  pageDelayMs: number;
}

export const DEFAULT_SWITCHES: Readonly<Switches> = {
  unknownAccessIdStatus: 401,
  maxLimit: 10_000,
  overLimit: 'refuse',
  nextOrigin: null,
  nextToEmptyPage: false,
  dateFractions: 'refuse',
  compareSeconds: false,
  deletedRetentionDays: 30,
  pageDelayMs: 0,
};
