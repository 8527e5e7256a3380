import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCompatible } from '../../../../mapping/compatible/to-compatible.ts';
import { at, documentOf, NOW_MS, recordOf, SETTINGS } from './map.ts';

const GOOD = { type: 'Host', summary: 'bad.example.net', lastModified: '2026-01-09T21:00:11Z' };
const BAD = { ...GOOD, active: 'perhaps' };

for (const [path, value] of [
  ['ecs.version', '8.11.0'],
  ['event.kind', 'enrichment'],
  ['event.category', ['threat']],
  ['event.type', ['indicator']],
  ['event.module', 'ti_threatconnect'],
  ['event.dataset', 'ti_threatconnect.indicator'],
  ['threat.indicator.provider', 'ThreatConnect'],
  ['data_stream', { type: 'logs', dataset: 'ti_threatconnect.indicator', namespace: 'soc' }],
] as const) {
  test(`every document has its ${path}`, () => {
    assert.deepEqual(at(documentOf({}, { namespace: 'soc' }), path), value);
  });
}

test('a document has no field that the agent or the cluster must set', () => {
  const document = documentOf(GOOD);
  for (const path of ['event.ingested', 'event.created', 'threat.feed', 'agent', 'host', 'input']) {
    assert.equal(at(document, path), undefined, path);
  }
});

test('configured tags keep their order, after the tag that keeps the original', () => {
  const tags = ['forwarded', 'threatconnect-indicator'];
  assert.deepEqual(documentOf(GOOD, { tags }).tags, tags);
  assert.deepEqual(documentOf(GOOD, { tags, preserveOriginalEvent: true }).tags, [
    'preserve_original_event',
    ...tags,
  ]);
  assert.equal(documentOf(GOOD).tags, undefined);
});

test('a failure keeps the original and marks the document, once', () => {
  const document = documentOf(BAD, { tags: ['forwarded'] });
  assert.deepEqual(document.tags, ['forwarded', 'preserve_original_event']);
  assert.deepEqual(at(document, 'event.kind'), ['enrichment', 'pipeline_error']);
  assert.deepEqual(documentOf(BAD, { preserveOriginalEvent: true }).tags, [
    'preserve_original_event',
  ]);
});

for (const [settings, record, isKept] of [
  [{}, GOOD, false],
  [{}, BAD, true],
  [{ preserveOriginalEvent: true }, GOOD, true],
  [{ tags: ['preserve_original_event'] }, GOOD, true],
] as const) {
  const when = `${JSON.stringify(settings)} and ${record === BAD ? 'a' : 'no'} failure`;
  test(`with ${when} the original is ${isKept ? 'kept' : 'left out'}`, () => {
    const original = at(documentOf(record, settings), 'event.original');
    assert.equal(original, isKept ? JSON.stringify(record) : undefined);
  });
}

test('the original loses no digit of a number', () => {
  const text = '{"id":9007199254918489,"rating":5.00,"unknown":1e2}';
  assert.equal(at(documentOf(text, { preserveOriginalEvent: true }), 'event.original'), text);
});

test('the original is the unchanged text of the record if that is given', () => {
  const text = '{ "id": 1 }';
  const settings = { ...SETTINGS, preserveOriginalEvent: true };
  const { document } = toCompatible(recordOf(text), settings, NOW_MS, text);
  assert.equal(at(document, 'event.original'), text);
});

for (const lastModified of [undefined, null, '', 'yesterday', ['2026-01-09T21:00:11Z']]) {
  test(`with ${JSON.stringify(lastModified)} as its date of change a document has the clock’s time`, () => {
    assert.equal(documentOf({ lastModified })['@timestamp'], '2026-06-15T12:00:00.000Z');
  });
}
