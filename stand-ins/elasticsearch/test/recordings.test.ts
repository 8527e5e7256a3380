import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';

import { at, useStandIn } from './elasticsearch-under-test.ts';

interface Recording {
  /** Starts with the number of the recording. */
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string; readonly body: unknown };
  readonly response: {
    readonly status: number;
    readonly warning: string | null;
    readonly body: unknown;
  };
}

// Only requests that the program, its tests or its open issues make; a folder with more can be given instead.
const FIXTURES = join(import.meta.dirname, 'recordings-8.19.ndjson');
const FOLDER = process.env['ES_RECORDINGS'];

/** Recordings that are not replayed, because the later answers would differ. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  64: 'the recording server marked the stream for a rollover and never rolled it over; the stand-in does',
};

/** The recording server had no wildcard fields and showed a keyword in the place of this one. */
const SHOWN_AS_KEYWORD = new Set(['22', '56']);

/** Numbers 34 and 40 are not replayed. Later answers show the documents that they added. */
const NOT_RECORDED = ['f', 'p'].flatMap((id) => [
  { create: { _index: 'logs-oracle.test-default', _id: id } },
  {
    '@timestamp': '2026-11-24T10:00:00.000Z',
    n: 1,
    event: { id },
    data_stream: { type: 'logs' },
  },
]);

/** Parts of answers that the stand-in does not have, because the program does not read them. */
const NOT_SHOWN = new Set(['ingest_took', 'terminated_early']);

/** Refusals with the status and the types of the server, but other words. */
const OTHER_WORDS = new Set('07 09 15 16 30 31 32 33 35 36 76 83 84 86 101'.split(' '));

describe('recorded answers of a real server', () => {
  const server = useStandIn();

  before(async () => {
    // the recording server had no template for logs-*-*
    await server.ask('DELETE', '/_index_template/logs');
    // indices are named after the day
    const offsetMs = Date.parse('2026-11-25T00:26:00Z') - Date.now();
    await server.ask('POST', '/_sim/clock', { offsetMs });
  });

  for (const recording of readRecordings()) {
    const { name, request, response } = recording;
    const number = name.slice(0, name.indexOf('-'));
    test(`${name} is answered as it was`, { skip: LEFT_OUT[number] ?? false }, async () => {
      if (number === '35') await server.ask('POST', '/_bulk', NOT_RECORDED);
      // long enough for the periodic refresh that the recorded searches came after
      await server.ask('POST', '/_sim/clock', { advanceMs: 1_000 });
      const body = toBody(withOwnIds(request.body));
      const answered = await server.ask(request.method, request.path, body);
      assert.equal(answered.status, response.status);
      assert.equal(answered.headers['warning'] ?? null, response.warning);
      if (request.path.includes('/_pit?')) {
        ownIds.set(idOf(response.body), idOf(answered.body));
      }
      if (OTHER_WORDS.has(number)) {
        assert.deepEqual(errorTypes(answered.body), errorTypes(response.body));
        return;
      }
      const expected = SHOWN_AS_KEYWORD.has(number) ? asWildcard(response.body) : response.body;
      if (number === '104') withoutOrigin(answered.body);
      assert.deepEqual(toComparable(answered.body), toComparable(expected));
    });
  }
});

/** In the order in which they were recorded: each depends on what was done before. */
function readRecordings(): Recording[] {
  const lines = readFileSync(FIXTURES, 'utf8').trimEnd().split('\n');
  if (FOLDER === undefined) return lines.map((line) => JSON.parse(line) as Recording);
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return files
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((file) => {
      const { request, response } = JSON.parse(
        readFileSync(join(FOLDER, file), 'utf8'),
      ) as Recording;
      return { name: file.slice(0, -'.json'.length), request, response };
    });
}

/** The recording server showed neither the version nor the time of a transform's creation. */
function withoutOrigin(body: unknown): void {
  for (const transform of (body as { transforms: Record<string, unknown>[] }).transforms) {
    for (const key of ['version', 'create_time', 'create_time_string']) delete transform[key];
  }
}

function asWildcard(body: unknown): unknown {
  const text = JSON.stringify(body);
  return JSON.parse(text.replace('"url":{"type":"keyword"}', '"url":{"type":"wildcard"}'));
}

/** Ids of points in time that the recording server gave, and the stand-in's own. */
const ownIds = new Map<string, string>();

function idOf(body: unknown): string {
  return String((body as { id: unknown }).id);
}

function withOwnIds(body: unknown): unknown {
  let text = JSON.stringify(body);
  for (const [recorded, own] of ownIds) text = text.replaceAll(recorded, own);
  return JSON.parse(text) as unknown;
}

function toBody(body: unknown): unknown {
  return body ?? undefined;
}

/** The types of all errors of an answer, the outermost of each. */
function errorTypes(body: unknown): unknown[] {
  const items = at(body, 'items');
  const errors = Array.isArray(items)
    ? items.map((item: unknown) => at(Object.values(item as object)[0], 'error'))
    : [at(body, 'error')];
  return errors.map((error) => at(error, 'type'));
}

/** Without ids, times and counts that differ from run to run. */
function toComparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toComparable);
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([key]) => !NOT_SHOWN.has(key));
    return Object.fromEntries(
      members.map(([key, inner]) => [
        stable(key),
        VARYING.test(key) ? typeof inner : toComparable(inner),
      ]),
    );
  }
  return typeof value === 'string' ? stable(value) : value;
}

const VARYING =
  /^(?:uuid|index_uuid|uid|index\.uuid|node|cluster_name|issued_to|took|_seq_no|(?:index\.)?creation_date|issue_date.*|modified_date|ingested|pit_id)$/;

function stable(text: string): string {
  return text
    .replaceAll(/\d{4}\.\d\d\.\d\d-0000/g, 'DAY-0000')
    .replaceAll(/\/[\w-]{22}\]/g, '/UUID]')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z/g, 'TIME')
    .replace(/^[\w-]{20}$/, 'ID')
    .replace(/^[\w+/-]{64,}=*$/, 'LONG ID')
    .replace(/^No search context found for id \[\d+\]$/, 'No search context found for id [N]')
    .replace(/^\[\d+:\d+\] /, '')
    .replace(/^Expected text at 1:\d+ /, 'Expected text at 1:N ');
}
