import { z } from 'zod';
import { Fault, reading } from './fault.ts';
import { FIELDS_EXPECTED, parseFields, parseTql } from './selection-kinds.ts';
import { CRON_FIELDS, parseCron } from './cron.ts';
import { SCHEDULE, SELECTION } from './settings.ts';

/** Workflow ids of the program itself have these in the place of a feed's name. */
const RESERVED: readonly string[] = ['assets', 'latest'];

const text = z.string({ error: 'is not text' });
const names = z
  .array(text.trim().min(1, { error: 'is empty' }), { error: 'is not a list' })
  .transform((members) => [...new Set(members)]);

const Entry = z.strictObject(
  {
    name: reading(text, parseName),
    owners: names.exactOptional(),
    types: names.exactOptional(),
    tql: reading(text, parseTql).nullable().exactOptional(),
    fields: names.pipe(reading(z.array(z.string()), parseFields)).exactOptional(),
    every: text.pipe(reading(z.string(), SCHEDULE.everyMs.read)).exactOptional(),
    cron: z
      .array(reading(text, parseCron), { error: 'is not a list' })
      .min(1, { error: 'is empty' })
      .exactOptional(),
    timezone: text.pipe(reading(z.string(), SCHEDULE.timezone.read)).exactOptional(),
  },
  { error: 'is not a feed' },
);

/** A feed of `tcsync.yaml`; absent keys come from the environment. */
export type FeedEntry = z.infer<typeof Entry>;

export const FeedFile = z.strictObject(
  { feeds: z.array(Entry, { error: 'is not a list' }).min(1, { error: 'is empty' }) },
  { error: 'has no feeds' },
);

/** For each key what is expected, and a valid line. */
export const KEYS: ReadonlyMap<string, { expected: string; example: string }> = new Map([
  ['feeds', { expected: 'a list of feeds', example: 'feeds: [{ name: default }]' }],
  [
    'name',
    {
      expected: `up to 64 of a-z, 0-9, - and _, unique, not ${RESERVED.join(' or ')}`,
      example: 'name: high-confidence',
    },
  ],
  [
    'owners',
    { expected: 'a list of owners’ names, [] for all', example: 'owners: [Acme Intelligence]' },
  ],
  [
    'types',
    { expected: 'a list of indicator types, [] for all', example: 'types: [Address, Host]' },
  ],
  [
    'tql',
    {
      expected: `${SELECTION.tql.expected}, null for none`,
      example: 'tql: confidence >= 50',
    },
  ],
  ['fields', { expected: FIELDS_EXPECTED, example: 'fields: [tags, threatAssess]' }],
  ['every', { expected: `${SCHEDULE.everyMs.expected}, or cron`, example: 'every: 5m' }],
  [
    'cron',
    {
      expected: `a list of cron expressions: ${CRON_FIELDS}`,
      example: "cron: ['0 6 * * MON-FRI']",
    },
  ],
  [
    'timezone',
    {
      expected: `${SCHEDULE.timezone.expected}, together with cron`,
      example: 'timezone: Europe/Berlin',
    },
  ],
]);

function parseName(name: string): string | Fault {
  if (RESERVED.includes(name)) return new Fault('is a name that the program uses itself');
  return /^[a-z0-9][a-z0-9_-]{0,63}$/.test(name) ? name : new Fault('is not a feed’s name');
}
