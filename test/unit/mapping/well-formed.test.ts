import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { describeRecord } from '../../../mapping/describe-record.ts';
import { mapRecord } from '../../../mapping/map-record.ts';
import { parseRecord } from '../../../mapping/parse-record.ts';
import { READING, SETTINGS } from './enriched/enrich.ts';

const CUT = String.raw`{"id":2001,"type":"URL","lastModified":"2026-01-09T21:00:11Z","summary":"http://a.example/\ud83d","text":"http://a.example/\uD83D","description":"cut \ud83d","tags":{"data":[{"name":"x\udc00y"}]},"trackedUsers":{"J\ud800":{"observations":1}},"associatedGroups":{"data":[{"id":1,"\udfff":"z"}]}}`;

for (const profile of ['enriched', 'compatible'] as const) {
  test(`${profile}: a half of a surrogate pair is U+FFFD wherever it stands, keys and the original included`, () => {
    const settings = { ...SETTINGS, profile, preserveOriginalEvent: true };
    const mapped = mapRecord(CUT, false, settings, READING);
    assert.equal(mapped.kind, 'document');
    assert.ok(mapped.kind === 'document');
    assert.doesNotMatch(mapped.source, /\\u[dD][89a-fA-F]/);
    const { event, threat_connect: source } = JSON.parse(mapped.source);
    assert.equal(event.id, 'http://a.example/\uFFFD');
    assert.deepEqual(source.indicator.tracked_users, { 'J\uFFFD': { observations: 1 } });
    assert.deepEqual(source.indicator.tags, { data: [{ name: 'x\uFFFDy' }] });
    assert.equal(JSON.parse(event.original).description, 'cut \uFFFD');
  });
}

for (const [text, value] of [
  [String.raw`"\ud83d\ude00"`, '😀'],
  [String.raw`"\uD83D\uDE00"`, '😀'],
  [String.raw`"\ud83d\ud83d\ude00"`, '\uFFFD😀'],
  [String.raw`"\ude00\ud83d"`, '\uFFFD\uFFFD'],
  [String.raw`"\ud83d\u0041"`, '\uFFFDA'],
  [String.raw`"\ud83dA"`, '\uFFFDA'],
  [String.raw`"\\ud83d"`, String.raw`\ud83d`],
  [String.raw`"\\\ud83d"`, '\\\uFFFD'],
  [String.raw`"\ud83d\\ude00"`, '\uFFFD\\ude00'],
  ['"\ud83d"', '\uFFFD'],
  ['"\ud83d\\ude00"', '\uFFFD\uFFFD'],
  [String.raw`{"\ud800":1,"\ud801":2}`, { '\uFFFD': 2 }],
] as const) {
  for (const plainNumbers of [true, false]) {
    test(`${JSON.stringify(text)} is parsed as well-formed text${plainNumbers ? ', with plain numbers' : ''}`, () => {
      assert.deepEqual(parseRecord(text, plainNumbers), value);
    });
  }
}

test('the description of a reject is well-formed', () => {
  assert.equal(describeRecord(CUT).summary, 'http://a.example/\uFFFD');
});

/** Texts with many surrogates, escaped or not, between backslashes. */
const unit = fc.oneof(
  fc.constantFrom('\\', '"', 'u', 'd', 'd83d', 'x'),
  fc.integer({ min: 0xd7fe, max: 0xe001 }).map((code) => String.fromCharCode(code)),
);
const anyUnits = fc.array(unit, { maxLength: 8 }).map((units) => units.join(''));

test('any text is parsed as its well-formed form, and a well-formed text is unchanged', () => {
  fc.assert(
    fc.property(anyUnits, (value) => {
      // JSON.stringify escapes lone halves, and no other surrogates
      assert.equal(parseRecord(JSON.stringify(value), true), value.toWellFormed());
      assert.equal(
        parseRecord(`"${JSON.stringify(value.toWellFormed()).slice(1, -1)}"`, false),
        value.toWellFormed(),
      );
    }),
    { numRuns: 2000 },
  );
});
