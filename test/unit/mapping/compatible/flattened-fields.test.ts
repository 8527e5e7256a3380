import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, documentOf, errorsOf, TC } from './map.ts';

const FIELDS = [
  ['associatedArtifacts', 'associated_artifacts'],
  ['associatedCases', 'associated_cases'],
  ['customAssociations', 'custom_associations'],
  ['dnsResolution', 'dns_resolution'],
  ['enrichment', 'enrichment'],
  ['fileActions', 'file_actions'],
  ['fileOccurrences', 'file_occurrences'],
  ['genericCustomIndicatorValues', 'generic_custom_indicator_values'],
  ['geoLocation', 'geo_location'],
  ['investigationLinks', 'investigation_links'],
  ['observations', 'observations'],
  ['trackedUsers', 'tracked_users'],
  ['whoIs', 'who_is'],
] as const;

for (const [source, target] of FIELDS) {
  test(`${source} keeps everything inside untouched`, () => {
    const inside =
      '{"data":[{"id":9007199254918489,"fileName":"X","date":"now","n":5.00}],"count":1}';
    const document = documentOf(`{"${source}":${inside}}`);
    assert.equal(JSON.stringify(at(document, `${TC}.${target}`)), inside);
    assert.equal(document.error, undefined);
  });
}

test('empty values inside are pruned, but false and zero are not', () => {
  const enrichment = { data: [null, {}, { a: '', b: false, c: 0, d: [[]] }, { e: ' ' }] };
  assert.deepEqual(at(documentOf({ enrichment }), `${TC}.enrichment`), {
    data: [{ b: false, c: 0 }, { e: ' ' }],
  });
});

test('a list of objects is kept', () => {
  const whoIs = [null, { a: 1 }, { b: 2 }];
  assert.deepEqual(at(documentOf({ whoIs }), `${TC}.who_is`), [{ a: 1 }, { b: 2 }]);
});

for (const value of [5, 'text', '', true, [1], [{ a: 1 }, 'x'], [[{ a: 1 }]]]) {
  test(`${JSON.stringify(value)} is left out, because Elasticsearch would refuse the document`, () => {
    const document = documentOf({ observations: value });
    assert.equal(at(document, `${TC}.observations`), undefined);
    assert.deepEqual(at(document, 'error.message'), ['observations: expected an object']);
  });
}

test('a key named __proto__ is a key like any other', () => {
  const text = '{"enrichment":{"__proto__":{"a":1},"b":null}}';
  assert.ok(JSON.stringify(documentOf(text)).includes('{"__proto__":{"a":1}}'));
  assert.deepEqual(errorsOf(text), []);
});
