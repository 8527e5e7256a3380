import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isObject, parseExact, type Json, type JsonObject } from '../../../mapping/exact-json.ts';
import { contentFingerprint, documentId } from '../../../mapping/fingerprint.ts';
import { membersOf, objectText, valueText } from '../raw-json.ts';

function hashOf(canonical: string): string {
  return `v1:${createHash('sha256').update(canonical).digest('hex')}`;
}

function objectOf(text: string): JsonObject {
  const value = parseExact(text);
  assert.ok(isObject(value));
  return value;
}

// the canonical forms are written by hand
for (const [what, text, canonical] of [
  [
    'keys are sorted by code unit',
    '{"b":1,"a":2,"B":3,"é":4,"":5}',
    '{"":5,"B":3,"a":2,"b":1,"é":4}',
  ],
  ['a key beyond U+FFFF sorts by its surrogates', '{"\uFFFD":1,"🦊":2}', '{"🦊":2,"\uFFFD":1}'],
  [
    'lists are sorted by the text of their members',
    '{"a":[2,10,"b",null,true]}',
    '{"a":["b",10,2,null,true]}',
  ],
  ['inner lists are sorted first', '{"a":[[3,2],[1]]}', '{"a":[[1],[2,3]]}'],
  [
    'lists of objects are sorted',
    '{"a":[{"b":2},{"b":1,"a":[]}]}',
    '{"a":[{"a":[],"b":1},{"b":2}]}',
  ],
  ['members that are twice there count twice', '{"a":[1,1]}', '{"a":[1,1]}'],
  [
    'numbers are spelled as JavaScript does',
    '{"a":5.00,"b":1e2,"c":-0,"d":0.50}',
    '{"a":5,"b":100,"c":0,"d":0.5}',
  ],
  [
    'integers beyond 2^53 keep their digits',
    '{"a":9007199254740993,"b":-9007199254740993}',
    '{"a":9007199254740993,"b":-9007199254740993}',
  ],
  [
    'strings are spelled as JavaScript does',
    String.raw`{"a":"\u0041\/\u00e9\n"}`,
    String.raw`{"a":"A/é\n"}`,
  ],
  ['blanks do not matter', ' { "a" : [ 1 , 2 ] } ', '{"a":[1,2]}'],
  [
    'clocks, marks and copies are left out',
    '{"@timestamp":1,"event":{"created":1,"ingested":1,"hash":1,"original":1,"id":1},"error":{"message":1},"tags":[1],"data_stream":{"type":1},"tcsync":{"feed":1},"threat_connect":{"indicator":{"deleted_at":1,"expiration_duration":1,"id":1}}}',
    '{"event":{"id":1},"threat_connect":{"indicator":{"id":1}}}',
  ],
  [
    'usage stamps and votes are left out at any depth',
    '{"a":[{"last_used":1,"lastUsed":1,"x":{"up_vote_count":1,"down_vote_count":1}}],"upVoteCount":1,"downVoteCount":1}',
    '{"a":[{"x":{}}]}',
  ],
  [
    'their names elsewhere are content',
    '{"created":1,"x":{"tags":1,"error":1}}',
    '{"created":1,"x":{"error":1,"tags":1}}',
  ],
] as const) {
  test(`in the fingerprint ${what}`, () => {
    assert.equal(contentFingerprint(objectOf(text)), hashOf(canonical));
  });
}

test('a value where an object is expected is no reason to fail', () => {
  for (const text of [
    '{"event":7}',
    '{"event":null}',
    '{"event":[1]}',
    '{"threat_connect":{"indicator":5.00}}',
  ]) {
    assert.match(contentFingerprint(objectOf(text)), /^v1:[0-9a-f]{64}$/);
  }
});

const documents = objectText(
  membersOf(fc.constantFrom('event', 'tags', 'threat', 'x', 'data', '__proto__'), valueText, 5),
).map(objectOf);

test('the order of keys and lists never matters', () => {
  fc.assert(
    fc.property(documents, fc.nat(), (document, seed) => {
      const shuffled = shuffle(document, seed);
      assert.ok(isObject(shuffled));
      assert.equal(contentFingerprint(shuffled), contentFingerprint(document));
    }),
    { numRuns: 300 },
  );
});

test('content of any kind makes another fingerprint', () => {
  fc.assert(
    fc.property(documents, valueText, valueText, (document, a, b) => {
      const value = parseExact(a);
      const other = parseExact(b);
      fc.pre(JSON.stringify(value) !== JSON.stringify(other));
      const one = contentFingerprint({ ...document, content: [value, 'end'] });
      const two = contentFingerprint({ ...document, content: [other, 'end'] });
      // unless they differ in order, spelling or what is left out only
      if (contentFingerprint({ value }) === contentFingerprint({ value: other }))
        assert.equal(one, two);
      else assert.notEqual(one, two);
    }),
    { numRuns: 300 },
  );
});

test('the document that is looked at stays as it is', () => {
  const text = '{"event":{"hash":1,"id":2},"tags":[2,1]}';
  const document = objectOf(text);
  contentFingerprint(document);
  assert.equal(JSON.stringify(document), text);
});

test('an `_id` is the first 15 bytes of the hash of its parts, apart from each other', () => {
  const parts = ['738667', 'v1:00', '2026-01-31T00:00:00.000Z', ''];
  const whole = createHash('sha256').update('738667\0v1:00\x002026-01-31T00:00:00.000Z\0');
  assert.equal(documentId(parts), whole.digest('base64url').slice(0, 20));
  assert.notEqual(documentId(['ab', 'c']), documentId(['a', 'bc']));
  assert.notEqual(documentId([...parts, 'run-1']), documentId(parts));
});

function shuffle(value: Json, seed: number): Json {
  if (Array.isArray(value)) {
    const items = value.map((item) => shuffle(item, seed));
    const at = items.length === 0 ? 0 : seed % items.length;
    return [...items.slice(at), ...items.slice(0, at)].toReversed();
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => [
    key,
    shuffle(member ?? null, seed),
  ]);
  return Object.fromEntries(entries.toReversed()) as JsonObject;
}
