import { parseDate } from './date.ts';
import { isIp } from './ip-address.ts';

/** How dates and addresses may be written; each returns `null` of a text that is none. */
export type Spelling = {
  /** @returns `YYYY-MM-DDTHH:mm:ss.SSSZ` */
  readonly date: (text: string) => string | null;
  /** @returns the address, spelled as it came */
  readonly ip: (text: string) => string | null;
};

/** As the integration takes them. */
export const STRICT: Spelling = { date: parseDate, ip: (text) => (isIp(text) ? text : null) };
