import { createInterface } from 'node:readline';
import { compare, type Comparison, type Version } from '../../demo/compare.ts';

/**
 * A process of its own that reads both servers over HTTP, and shares no client, clock or memory with the program.
 *
 *     node test/moving-source/compare-servers.ts SOURCE_URL ELASTICSEARCH_URL
 *
 * For each line `compare` on standard input it prints a {@link Comparison} as one line of JSON.
 */
const [, , sourceUrl = '', elasticsearchUrl = ''] = process.argv;
const STREAM = 'logs-ti_threatconnect.indicator-default';
const PAGE = 5_000;

type Line = { id: string; lastModified: string; active: boolean; deleted: boolean };
type Hit = {
  _source: {
    threat_connect: { indicator: { id: string; last_modified: string; description: string } };
  };
  sort: unknown[];
};

for await (const command of createInterface({ input: process.stdin })) {
  if (command !== 'compare') throw new Error(`unknown command ${command}`);
  const comparison: Comparison = compare(await live(), await stored());
  process.stdout.write(`${JSON.stringify(comparison)}\n`);
}

/** The live indicators in the source's own list, with the revision that stands in the record. */
async function live(): Promise<Version[]> {
  const revisions = new Map<string, string>();
  for (const text of await lines('/_sim/records?all=true')) {
    const [, id = ''] = /"id"\s*:\s*"?(\d+)/.exec(text) ?? []; // a number above 2^53 must stay exact
    revisions.set(id, (JSON.parse(text) as { description?: string }).description ?? '');
  }
  const truth = (await lines('/_sim/truth')).map((text) => JSON.parse(text) as Line);
  return truth
    .filter(({ active, deleted }) => active && !deleted)
    .map(({ id, lastModified }) => toVersion(id, lastModified, revisions.get(id) ?? ''));
}

async function lines(path: string): Promise<string[]> {
  const response = await fetch(`${sourceUrl}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.text()).split('\n').filter((line) => line !== '');
}

/** Every version in the data stream. */
async function stored(): Promise<Version[]> {
  await ask(`/${STREAM}/_refresh`, {});
  const versions: Version[] = [];
  for (let after: unknown[] | undefined; ;) {
    const { hits } = await ask<{ hits: { hits: Hit[] } }>(`/${STREAM}/_search`, {
      size: PAGE,
      query: { match_all: {} },
      sort: [{ 'threat_connect.indicator.id': 'asc' }, { 'event.ingested': 'asc' }],
      ...(after && { search_after: after }),
    });
    for (const { _source } of hits.hits) {
      const { id, last_modified: lastModified, description } = _source.threat_connect.indicator;
      versions.push(toVersion(id, lastModified, description));
    }
    after = hits.hits.at(-1)?.sort;
    if (hits.hits.length < PAGE || after === undefined) return versions;
  }
}

async function ask<T>(path: string, body: object): Promise<T> {
  const response = await fetch(`${elasticsearchUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** The revision comes first: the source's clock may be set back between two changes. */
function toVersion(id: string, lastModified: string, description: string): Version {
  const revision = (/\d+/.exec(description)?.[0] ?? '').padStart(9, '0');
  return { id, lastModified: `${revision} ${lastModified.slice(0, 19)}` };
}
