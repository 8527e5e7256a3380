import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BEGINNING } from '../../../contracts/progress.ts';
import { compare, isEqual, toSentence, type Version } from '../../../demo/compare.ts';
import { FaultTable, keepPart } from '../../reliability.ts';
import { stage, type Stage } from '../../stage.ts';
import { wholeFeed } from './page-input.ts';

const RECORDS = 60;
const PAGE_SIZE = 16;

/** What ThreatConnect, or a proxy in front of it, does to one answer. */
const FAULTS = {
  'the connection is reset': { kind: 'reset' },
  'the body is cut midway': { kind: 'cut', atBytes: 20_000 },
  'nothing comes': { kind: 'hold' },
  'blanks come without end': { kind: 'drip' },
  '500': { kind: 'status', status: 500 },
  '502 of a proxy': { kind: 'status', status: 502 },
  '503 of a proxy': { kind: 'status', status: 503, body: '<html>busy</html>' },
  '504 of a proxy': { kind: 'status', status: 504 },
  '503 "not licensed"': { kind: 'notLicensed' },
  '429': { kind: 'status', status: 429 },
  '429 with `Retry-After: 7`': { kind: 'status', status: 429, headers: { 'Retry-After': '7' } },
  '401': { kind: 'status', status: 401 },
  '403': { kind: 'status', status: 403 },
  '400': { kind: 'status', status: 400 },
  'a redirect to a log-in page': { kind: 'status', status: 302, headers: { Location: '/login' } },
  '200 with an HTML page': { kind: 'html200' },
  '200 with `status: "Error"`': { kind: 'statusError' },
  '200 that is no JSON': { kind: 'notJson' },
  'records out of order': { kind: 'disorder' },
  'the query times out in ThreatConnect': { kind: 'tqlTimeout' },
} as const;

/** After how many pages the fault happens, and whether pages begin behind an id (`id >`). */
const PLACES = {
  'first page': { after: 0, keyset: true },
  'in the middle': { after: 1, keyset: true },
  'last page': { after: 3, keyset: true },
  'without `id >`': { after: 1, keyset: false },
} as const;

type Place = keyof typeof PLACES;
type Seen = { happened: string; said: string };

const table = new FaultTable<Place>(Object.keys(PLACES) as Place[]);

describe('a fault of the source, once', () => {
  for (const [what, fault] of Object.entries(FAULTS)) {
    for (const [where, place] of Object.entries(PLACES)) {
      test(`${what}, ${where}: nothing is lost`, async (context) => {
        const set = await stage({ records: RECORDS }, { TC_HTTP_TIMEOUT: '1s' });
        context.after(() => set.close());
        await set.apply();
        // after a 401 the request is sent once more with a new signature
        const times = what === '401' ? 2 : 1;
        await set.source.post('/_sim/faults', { on: 'page', after: place.after, times, fault });
        const seen = await runUntilDone(set, place.keyset);
        const comparison = compare(await live(set), await stored(set));
        assert.ok(isEqual(comparison), toSentence(comparison));
        table.add(what, where as Place, told(seen));
      });
    }
  }
});

keepPart('A fault of ThreatConnect', toText);

/** Reads the whole feed, as the workflow, its retries and the next tick do. */
async function runUntilDone(set: Stage, keyset: boolean): Promise<Seen> {
  const seen: Seen = { happened: 'the missing records are requested again at once', said: '' };
  const input = { ...wholeFeed(set), keyset };
  for (let run = 1; run <= 2; run += 1) {
    if (await readAll(set, { ...input, runId: `run-${run}` }, seen)) return seen;
  }
  throw new Error('two runs were not enough');
}

/** @returns false if the run failed */
async function readAll(set: Stage, input: ReturnType<typeof wholeFeed>, seen: Seen) {
  let position = BEGINNING;
  let pageSize = PAGE_SIZE;
  let attempt = 1;
  for (let pages = 0; pages < 100; pages += 1) {
    try {
      const result = await set.run('syncPage', { ...input, position, pageSize }, { attempt });
      if (result.pageSize !== undefined && result.pageSize < pageSize) {
        seen.happened = 'the missing records are requested again in a smaller page';
      }
      attempt = 1;
      if (result.ended !== null) return result.ended.missing <= 0;
      if ((result.position.pass ?? 1) > (position.pass ?? 1)) {
        seen.happened = 'the slice is proven by its ids';
      }
      ({ position } = result);
      pageSize = Math.min((result.pageSize ?? pageSize) * 2, PAGE_SIZE);
    } catch (error) {
      const failure = error as { type: string; message: string } & {
        nonRetryable: boolean;
        nextRetryDelay?: number;
      };
      seen.said = `\`${failure.type}\`: ${plain(failure.message, set)}`;
      if (failure.nonRetryable) {
        seen.happened = 'the run fails, the next tick reads the page';
        return false;
      }
      const delay = failure.nextRetryDelay;
      seen.happened =
        delay === undefined
          ? 'the page is tried again'
          : `the page is tried again after ${delay / 1_000} s`;
      attempt += 1;
    }
  }
  throw new Error('the slice never ends');
}

async function live(set: Stage): Promise<Version[]> {
  const truth = await set.source.lines<Version & { active: boolean; deleted: boolean }>(
    '/_sim/truth',
  );
  return truth.filter(({ active, deleted }) => active && !deleted);
}

async function stored(set: Stage): Promise<Version[]> {
  type Source = { threat_connect: { indicator: { id: string; last_modified: string } } };
  return (await set.stored()).map(({ _source }) => {
    const { id, last_modified: lastModified } = (_source as Source).threat_connect.indicator;
    return { id, lastModified: `${lastModified.slice(0, 19)}Z` };
  });
}

/** A message without the parts that differ from run to run. */
function plain(message: string, set: Stage): string {
  return message
    .replaceAll(set.deps.source.url, 'https://tc.example.com/api')
    .replaceAll(set.source.url, 'https://tc.example.com')
    .replaceAll(/after \d+ ms/g, 'after N ms')
    .replaceAll(/\b\d{3,}\b(?= (?:and|as|is|has|which|does))/g, 'N')
    .replaceAll(/id \d+|from \d+/g, (text) => `${text.split(' ')[0]} N`)
    .replaceAll(/record \d+/g, 'record N')
    .replaceAll('\n', ' ');
}

function told({ happened, said }: Seen): string {
  return `${happened}.${said === '' ? '' : ` Seen: ${said}`}`;
}

function toText(): string {
  return `Each fault hits one answer: for the first page of a feed, for a page in the middle, for the last page, and for a page in
the middle of a feed of an instance that refuses \`id >\`.

${table.toItems()}
If a fault lasts longer than one answer, [operations](operations.md) says for each failure type how the attempt is
repeated. If a record makes every page fail that holds it, or has more associations than an answer can carry, it is
read in parts. A record that never arrives in any form becomes a reject that names its position
(\`heavy-records.test.ts\`).
`;
}
