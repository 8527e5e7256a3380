import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isObject } from '../../../../mapping/exact-json.ts';
import { parseRecord } from '../../../../mapping/parse-record.ts';
import { mapRecord } from '../../../../mapping/map-record.ts';
import { toVersion } from '../../../../mapping/document-version.ts';
import type { MappingSettings } from '../../../../mapping/mapping-settings.ts';
import { documentOf as compatibleOf, idOf, NOW_MS } from '../compatible/map.ts';
import { oddRecord } from '../compatible/odd-record.ts';
import { enrich, READING, SETTINGS as ENRICHED_SETTINGS } from './enrich.ts';

const ENRICHED: MappingSettings = { ...ENRICHED_SETTINGS, profile: 'enriched' };
const COMPATIBLE: MappingSettings = { ...ENRICHED, profile: 'compatible' };
const RECORD = { id: 5, type: 'Host', summary: 's', lastModified: '2026-01-09T21:00:11Z' };

test('a record becomes the document of its profile', () => {
  const text = JSON.stringify(RECORD);
  const [enriched, compatible] = [ENRICHED, COMPATIBLE].map((settings) =>
    mapRecord(text, true, settings, READING),
  );
  const { document, id } = enrich(RECORD);
  assert.deepEqual(enriched, {
    kind: 'document',
    id,
    indicatorId: '5',
    lastModified: '2026-01-09T21:00:11.000Z',
    source: JSON.stringify(document),
    version: toVersion(document),
    isCut: false,
    isInactive: false,
  });
  assert.deepEqual(compatible, {
    kind: 'document',
    id: idOf(RECORD),
    indicatorId: '5',
    lastModified: '2026-01-09T21:00:11.000Z',
    source: JSON.stringify(compatibleOf(RECORD)),
    version: toVersion(compatibleOf(RECORD)),
    isCut: false,
    isInactive: false,
  });
});

for (const [active, isInactive] of [
  [true, false],
  [false, true],
  ['false', true],
  ['perhaps', false],
  [undefined, false],
] as const) {
  test(`a record with the status ${active} is ${isInactive ? 'inactive' : 'not inactive'}`, () => {
    for (const settings of [ENRICHED, COMPATIBLE]) {
      const mapped = mapRecord(JSON.stringify({ ...RECORD, active }), true, settings, READING);
      assert.equal(mapped.kind === 'document' && mapped.isInactive, isInactive);
    }
  });
}

for (const settings of [ENRICHED, COMPATIBLE]) {
  for (const [text, reason] of [
    ['[]', 'the record is no JSON object'],
    ['null', 'the record is no JSON object'],
    ['5.00', 'the record is no JSON object'],
    ['{}', 'the record has no id'],
    ['{"id":null}', 'the record has no id'],
    ['{"id":""}', 'the record has no id'],
    ['{"id":"x"}', 'the record has no id'],
    ['{"id":-1}', 'the record has no id'],
    ['{"id":[1]}', 'the record has no id'],
  ] as const) {
    test(`${settings.profile}: ${text} is set aside because ${reason}`, () => {
      const mapped = mapRecord(text, false, settings, READING);
      assert.deepEqual(mapped, { kind: 'unmappable', indicatorId: null, reason });
    });
  }

  test(`${settings.profile}: an id above 2^53 keeps every digit`, () => {
    const mapped = mapRecord('{"id":9007199254918489}', false, settings, READING);
    assert.equal(mapped.indicatorId, '9007199254918489');
    assert.ok(mapped.kind === 'document' && mapped.source.includes('"9007199254918489"'));
  });

  test(`${settings.profile}: a record without a date of change gives a document without one`, () => {
    const mapped = mapRecord('{"id":5,"lastModified":"x"}', true, settings, READING);
    assert.ok(mapped.kind === 'document' && mapped.lastModified === null);
  });

  test(`${settings.profile}: a record that is nested too deeply is set aside alone`, () => {
    const text = `{"id":5,"enrichment":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
    assert.equal(mapRecord(text, true, settings, READING).kind, 'unmappable');
  });

  test(`${settings.profile}: any JSON becomes a document or is set aside, without an exception`, () => {
    const record = oddRecord.map(
      (text) => `${text.slice(0, -1)}${text === '{}' ? '' : ','}"id":5}`,
    );
    fc.assert(
      fc.property(fc.oneof(fc.json(), record), (text) => {
        const mapped = mapRecord(text, false, settings, READING);
        if (mapped.kind === 'document') assert.ok(isObject(parseRecord(mapped.source, false)));
      }),
      { numRuns: 1000 },
    );
  });

  test(`${settings.profile}: a text that is no JSON throws, so that the caller decides`, () => {
    assert.throws(() => mapRecord('{"id":5', true, settings, READING), SyntaxError);
  });
}

test('if the integration makes no id, a repeated write still gets the same id', () => {
  const [first, again, other] = ['{"id":5}', '{"id":5}', '{"id":6}'].map((text) => {
    const mapped = mapRecord(text, true, COMPATIBLE, { ...READING, requestedAtMs: NOW_MS });
    return mapped.kind === 'document' ? mapped.id : null;
  });
  assert.equal(typeof first, 'string');
  assert.equal(first, again);
  assert.notEqual(first, other);
});
