import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import { EVERYTHING, type Selection } from '../../activities/threatconnect/tql.ts';
import { SourceBadRequestError } from '../../contracts/errors.ts';
import { isObject, textOf, type JsonObject } from '../../mapping/exact-json.ts';
import { parseRecord } from '../../mapping/parse-record.ts';
import type { Checklist, Head } from './checklist.ts';
import { ok, warning, type Outcome } from './step.ts';

export const KEYSET: Head = {
  name: 'reading by id',
  subject: 'whether pages can be read by id',
  trouble: 'pages cannot be read by id',
  needs: ['credentials', 'queries'],
};

/** Tries `id > N` with `sorting=id asc`: the vendor's rules allow it, but no other client is known to use it. */
export async function checkKeyset(
  list: Checklist,
  source: ThreatConnect,
  signal: () => AbortSignal,
): Promise<void> {
  await list.take(KEYSET, async () => {
    try {
      const [first, second] = await idsAfter(source, '0', signal());
      if (first === undefined)
        return ok('pages can be read by id; there is no record to try it with');
      const [next] = await idsAfter(source, first, signal());
      // a single record cannot come in the wrong order
      return next === second && (second === undefined || isBelow(first, second))
        ? ok('pages can be read by id')
        : bySlices('ThreatConnect accepts `id >` with `sorting=id asc`, but does not apply it');
    } catch (error) {
      if (!(error instanceof SourceBadRequestError)) throw error;
      return bySlices(`ThreatConnect refuses \`id >\` with \`sorting=id asc\`: ${error.message}`);
    }
  });
}

function bySlices(detail: string): Outcome {
  return warning(
    `${detail}; slices of time are read instead`,
    'You need not do anything, but runs need more requests. Ask ThreatConnect’s support for that filter.',
  );
}

async function idsAfter(
  source: ThreatConnect,
  afterId: string,
  signal: AbortSignal,
): Promise<string[]> {
  const records = await recordsOf(source, { ...EVERYTHING, afterId }, [], 2, signal);
  return records.map(({ id }) => textOf(id) ?? '');
}

function isBelow(one: string, other: string): boolean {
  return /^\d+$/.test(one) && /^\d+$/.test(other) && BigInt(one) < BigInt(other);
}

/** Reads up to `limit` records. Leaves out records that are not JSON objects. */
export async function recordsOf(
  source: ThreatConnect,
  selection: Selection,
  fields: readonly string[],
  limit: number,
  signal: AbortSignal,
): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  await source.page(
    selection,
    { fields, limit },
    async (records) => {
      for (const { text, plainNumbers, cut } of records) {
        const record = cut ? null : parseRecord(text, plainNumbers);
        if (isObject(record ?? undefined)) found.push(record as JsonObject);
      }
    },
    signal,
  );
  return found;
}
