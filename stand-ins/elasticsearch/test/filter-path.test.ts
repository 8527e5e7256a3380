import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filterPath } from '../http/filter-path.ts';
import { RawJson, stringify } from '../json/exact.ts';

const BODY = {
  took: 1,
  items: [
    { create: { _id: 'a', status: 201, error: null } },
    { index: { _id: 'b', status: 400, error: { type: 't', caused_by: { type: 'c' } } } },
  ],
  empty: {},
};

for (const [patterns, kept] of [
  [['took'], { took: 1 }],
  [['items.*._id'], { items: [{ create: { _id: 'a' } }, { index: { _id: 'b' } }] }],
  [['items.index'], { items: [{ index: BODY.items[1]?.index }] }],
  [['**.type'], { items: [{ index: { error: { type: 't', caused_by: { type: 'c' } } } }] }],
  [['items.i*.error.type', 'to*'], { took: 1, items: [{ index: { error: { type: 't' } } }] }],
  [['-items'], { took: 1, empty: {} }],
  [
    ['-items.*.error', '-took'],
    {
      items: [{ create: { _id: 'a', status: 201 } }, { index: { _id: 'b', status: 400 } }],
      empty: {},
    },
  ],
  [['items.*._id', '-items.create'], { items: [{ index: { _id: 'b' } }] }],
  [['nope'], {}],
] as const) {
  test(`filter_path=${patterns.join(',')} keeps ${JSON.stringify(kept)}`, () => {
    assert.deepEqual(filterPath(BODY, patterns), kept);
  });
}

test('a filter that goes into a source keeps its integers exact', () => {
  const body = { _source: new RawJson('{"a":{"b":9007199254740993},"c":1}') };
  assert.equal(
    stringify(filterPath(body, ['_source.a'])),
    '{"_source":{"a":{"b":9007199254740993}}}',
  );
  assert.equal(
    stringify(filterPath(body, ['_source'])),
    '{"_source":{"a":{"b":9007199254740993},"c":1}}',
  );
});
