import { request } from 'undici';
import { requestTarget } from '../activities/threatconnect/request-target.ts';
import { authenticationHeaders } from '../activities/threatconnect/signature.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';

/** The output of this program, as JSON on one line. */
export type Copied = { records: number; seconds: number; cpuSeconds: number; peakMib: number };

type Page = { data: { id: number; lastModified: string }[]; next?: string };

/**
 * The program to compare with: a plain loop that asks for a page, parses it, and sends the unchanged records as one
 * bulk request. It maps nothing, repeats no request and saves no progress. Ids are the numbers of `JSON.parse`: with
 * ids above 2^53 it may miss a record, or read one twice, between pages.
 */
async function copy(config: Config): Promise<Copied> {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  let records = 0;
  let afterId: number | null = null;
  for (let hasNext = true; hasNext;) {
    const page: Page = await readPage(config, afterId);
    if (page.data.length > 0) await writePage(config, page);
    records += page.data.length;
    afterId = page.data.at(-1)?.id ?? afterId;
    hasNext = page.next !== undefined;
  }
  const { user, system } = process.cpuUsage(startedCpu);
  return {
    records,
    seconds: (performance.now() - startedMs) / 1e3,
    cpuSeconds: (user + system) / 1e6,
    peakMib: process.resourceUsage().maxRSS / 1024,
  };
}

async function readPage({ source, feeds, program }: Config, afterId: number | null): Promise<Page> {
  const { origin, pathname } = new URL(source.url);
  const target = requestTarget(`${pathname}/v3/indicators`, [
    ...(afterId === null ? [] : [['tql', `id > ${afterId}`] as const]),
    ['sorting', 'id asc'],
    ['resultLimit', String(program.pageSize)],
    ...(feeds[0]?.fields ?? []).map((field) => ['fields', field] as const),
  ]);
  const headers = authenticationHeaders(source.credentials, 'GET', target, Date.now());
  const { statusCode, body } = await request(`${origin}${target}`, { headers });
  if (statusCode !== 200) throw new Error(`${target}: ${statusCode} ${await body.text()}`);
  return (await body.json()) as Page;
}

async function writePage({ sink }: Config, { data }: Page): Promise<void> {
  const lines = data.map(
    (record) =>
      `{"create":{}}\n${JSON.stringify({ '@timestamp': record.lastModified, ...record })}\n`,
  );
  const { statusCode, body } = await request(`${sink.url}/logs-copy.bench-default/_bulk`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.join(''),
  });
  const { errors } = (await body.json()) as { errors?: boolean };
  if (statusCode !== 200 || errors !== false) throw new Error(`_bulk: ${statusCode}`);
}

process.stdout.write(`${JSON.stringify(await copy(loadConfig(process.env)))}\n`);
