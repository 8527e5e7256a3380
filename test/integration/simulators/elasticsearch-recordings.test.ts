import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';

import { useStandIn } from './elasticsearch-under-test.ts';

interface Recording {
  readonly request: { readonly method: string; readonly path: string; readonly body: unknown };
  readonly response: { readonly status: number; readonly body: unknown };
}

const FOLDER = process.env['ES_RECORDINGS'];

/**
 * Numbers of recordings that the stand-in cannot answer alike, and why. What changes the documents is left out, so
 * that the later answers stay comparable.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  '05': 'nodes',
  22: 'the recording server had no wildcard fields and showed keyword',
  56: 'the recording server had no wildcard fields, and gave data_stream.type a value that no document had brought',
  64: 'the recording server marked the stream and never rolled it over',
  87: 'it asks for data_stream.type, see 56',
  89: 'field capabilities',
  90: 'multi search',
  91: 'the index is named after the day of the recording',
  92: 'resolve index',
  93: 'stats',
  94: 'cat',
  95: 'terms enum',
  98: 'the index is named after the day of the recording',
  104: 'the recording server showed neither the version nor the time of creation',
};

/** Number 34 was not kept; later answers show the document that it added. */
const NOT_RECORDED = [
  { create: { _index: 'logs-oracle.test-default', _id: 'f' } },
  { '@timestamp': '2026-11-24T10:00:00.000Z', n: 1, event: { id: 'f' } },
];

/** Bodies were recorded as values; these were sent with spaces, which the columns in the messages count. */
const SPACED = new Set(['07', '09', '16', '84', '101']);

describe(
  'recorded answers of a real server',
  { skip: FOLDER === undefined ? 'ES_RECORDINGS is not set' : false },
  () => {
    const server = useStandIn();

    before(async () => {
      // the recording server had no template for logs-*-*
      await server.ask('DELETE', '/_index_template/logs');
      // indices are named after the day
      const offsetMs = Date.parse('2026-11-25T00:26:00Z') - Date.now();
      await server.ask('POST', '/_sim/clock', { offsetMs });
    });

    const files =
      FOLDER === undefined ? [] : readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
    for (const file of files.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))) {
      const number = file.slice(0, file.indexOf('-'));
      test(`${file} is answered as it was`, { skip: LEFT_OUT[number] ?? false }, async () => {
        const { request, response } = JSON.parse(
          readFileSync(join(FOLDER ?? '', file), 'utf8'),
        ) as Recording;
        if (number === '35') await server.ask('POST', '/_bulk', NOT_RECORDED);
        // long enough for the periodic refresh that the recorded searches came after
        await server.ask('POST', '/_sim/clock', { advanceMs: 1_000 });
        const answered = await server.ask(
          request.method,
          request.path,
          toBody(withOwnIds(request.body), number),
        );
        assert.equal(answered.status, response.status);
        if (request.path.includes('/_pit?')) {
          ownIds.set(idOf(response.body), idOf(answered.body));
        }
        assert.deepEqual(toComparable(answered.body), toComparable(response.body));
      });
    }
  },
);

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

function toBody(body: unknown, number: string): unknown {
  if (body === null) return undefined;
  if (!SPACED.has(number)) return body;
  return JSON.stringify(body, null, 1)
    .replaceAll(/\n */g, ' ')
    .replaceAll(/([{[]) | ([}\]])/g, '$1$2');
}

/** Without ids, times and counts that differ from run to run. */
function toComparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toComparable);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
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
    .replace(/^\[1:\d+\] (failed to parse(?: field|:)|mapping set to strict)/, '[1:N] $1')
    .replace(/^Expected text at 1:\d+ /, 'Expected text at 1:N ');
}
