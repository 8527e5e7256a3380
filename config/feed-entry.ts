import { z } from 'zod';
import { FIELDS_EXPECTED, parseFields } from './selection-kinds.ts';
import { Problem, reading } from './problem.ts';
import { syncEvery } from './program.ts';
import { parseTql } from './tql.ts';

/** Workflows beside the feeds' own have these where a feed's name stands in a workflow's id. */
const RESERVED: readonly string[] = ['assets', 'latest'];

const text = z.string({ error: 'is not text' });
const names = z
  .array(text.trim().min(1, { error: 'is empty' }), { error: 'is not a list' })
  .transform((members) => [...new Set(members)]);

const Feed = z.strictObject(
  {
    name: reading(text, parseName),
    owners: names.optional(),
    types: names.optional(),
    tql: reading(text, parseTql).nullable().optional(),
    fields: names.pipe(reading(z.array(z.string()), parseFields)).optional(),
    every: text.pipe(syncEvery.schema).optional(),
  },
  { error: 'is not a feed' },
);

/** A feed as `tcsync.yaml` has it; what is absent comes from the environment. */
export type FeedEntry = z.infer<typeof Feed>;

export const FeedFile = z.strictObject(
  { feeds: z.array(Feed, { error: 'is not a list' }).min(1, { error: 'is empty' }) },
  { error: 'has no feeds' },
);

/** What a key should hold, and a right line. */
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
      expected: 'a TQL filter that does not name indicatorActive, null for none',
      example: 'tql: confidence >= 50',
    },
  ],
  ['fields', { expected: FIELDS_EXPECTED, example: 'fields: [tags, threatAssess]' }],
  ['every', { expected: syncEvery.expected, example: 'every: 5m' }],
]);

function parseName(name: string): string | Problem {
  if (RESERVED.includes(name)) return new Problem('is a name that the program uses itself');
  return /^[a-z0-9][a-z0-9_-]{0,63}$/.test(name) ? name : new Problem('is not a feed’s name');
}
