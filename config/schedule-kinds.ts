import type { Cron } from '../contracts/feed.ts';
import { CRON_FIELDS, parseCron } from './cron.ts';
import { Fault, quoted } from './fault.ts';
import type { Kind } from './setting.ts';

/** At least one cron expression. */
export const crons: Kind<Cron[]> = {
  read: (text) => {
    const parts = text.split(';').filter((part) => part.trim() !== '');
    if (parts.length === 0) return new Fault('holds no cron expression');
    const found: Cron[] = [];
    for (const part of parts) {
      const cron = parseCron(part);
      if (cron instanceof Fault) {
        return parts.length === 1
          ? cron
          : new Fault(`holds ${quoted(part.trim())}, which ${cron.text}`);
      }
      found.push(cron);
    }
    return found;
  },
  expected: `cron expressions, separated by semicolons: ${CRON_FIELDS}`,
};

/** A name of the time zone database. Temporal knows neither offsets such as `+01:00` nor names in another case. */
export const timeZone: Kind<string> = {
  read: (text) => {
    const known = /^[A-Za-z]/.test(text) ? resolved(text) : null;
    if (known === null) return new Fault('is no known time zone');
    // for an alias the name that it stands for: it is kept as it was given
    return known.toLowerCase() === text.toLowerCase() ? known : text;
  },
  expected: 'a time zone such as UTC or Europe/Berlin',
};

function resolved(timeZone: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return null; // a `RangeError`: unknown
  }
}
