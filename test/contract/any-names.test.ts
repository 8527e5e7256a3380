import assert from 'node:assert/strict';
import { before, describe } from 'node:test';
import * as fc from 'fast-check';

import { latestMappings } from '../../activities/elasticsearch/assets/latest/latest-mappings.ts';
import { streamMappings } from '../../activities/elasticsearch/assets/stream/stream-mappings.ts';
import { mapRecord } from '../../mapping/map-record.ts';
import { at, hits } from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { anyNamesRecord } from '../unit/mapping/enriched/any-names.ts';
import { READING, SETTINGS } from '../unit/mapping/enriched/enrich.ts';
import { contract, useServer } from './server-under-contract.ts';

describe('contract: names that people choose at the source', () => {
  const server = useServer();
  const indices = {
    stream: { name: server.name('any-stream'), mappings: streamMappings.template.mappings },
    latest: { name: server.name('any-latest'), mappings: latestMappings.template.mappings },
  };

  before(async () => {
    for (const { name, mappings } of Object.values(indices)) {
      await server.must('PUT', `/${name}`, {
        settings: { number_of_replicas: 0 },
        // an undeclared name is refused, because no name may become a field
        mappings: { ...mappings, dynamic: 'strict' },
      });
    }
  });

  const sourceOf = (text: string): object => {
    const settings = { ...SETTINGS, profile: 'enriched' as const };
    const mapped = mapRecord(text, false, settings, READING);
    assert.ok(mapped.kind === 'document');
    return JSON.parse(mapped.source) as object;
  };

  /** Reasons of refused documents. */
  const write = async (index: string, texts: readonly string[]): Promise<unknown[]> => {
    const lines = texts.flatMap((text) => [{ index: {} }, sourceOf(text)]);
    const body = await server.must('POST', `/${index}/_bulk?refresh=true`, lines);
    const items = at(body, 'items') as unknown[];
    return items.flatMap((item) => at(item, 'index.error') ?? []);
  };

  for (const { name } of Object.values(indices)) {
    contract(
      `no name and no shape of a value makes a document be refused (${name})`,
      [],
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(anyNamesRecord, { maxLength: 40 }), async (texts) => {
            if (texts.length > 0) assert.deepEqual(await write(name, texts), []);
          }),
          { numRuns: 15 },
        );
      },
    );

    contract(`a value under a chosen name is found (${name})`, [], async () => {
      const field = 'threat_connect.indicator.associated_indicators.data.other';
      const label = { 'Account No.': 'A-1', 'Rev 1.0': { x: 'B-2' }, '': 'C-3', 'z\0': 'D-4' };
      const record = { id: 1, summary: 's', associatedIndicators: { data: [{ id: 2, ...label }] } };
      assert.deepEqual(await write(name, [JSON.stringify(record)]), []);
      for (const [path, value] of [
        [`${field}.Account No.`, 'A-1'],
        [`${field}.Rev 1.0.x`, 'B-2'],
        [field, 'C-3'],
        [`${field}.z\uFFFD`, 'D-4'],
      ] as const) {
        const query = { term: { [path]: value } };
        const { body } = await server.ask('POST', `/${name}/_search`, { query });
        assert.equal(hits(body, '_id').length, 1, path);
      }
    });
  }
});
