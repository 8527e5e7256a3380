import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, isEqual, toSentence, type Version } from '../../../demo/compare.ts';

function version(id: string, second: number): Version {
  return { id, lastModified: `2026-01-31T12:00:0${second}Z` };
}

for (const [what, source, stored, missing, stale, extra] of [
  ['nothing on both sides', [], [], [], [], []],
  ['the same versions', [version('1', 1)], [version('1', 1)], [], [], []],
  ['one that is not stored', [version('1', 1), version('2', 1)], [version('1', 1)], ['2'], [], []],
  ['one that is only stored', [version('1', 1)], [version('1', 1), version('2', 1)], [], [], ['2']],
  ['one that is stored in an older version', [version('1', 2)], [version('1', 1)], [], ['1'], []],
  ['one that is stored in a newer version', [version('1', 1)], [version('1', 2)], [], ['1'], []],
  [
    'several stored versions, of which the newest counts, in any order',
    [version('1', 3)],
    [version('1', 1), version('1', 3), version('1', 2)],
    [],
    [],
    [],
  ],
  [
    'one lost and one doubled, which counts alone would not show',
    [version('1', 1), version('2', 1)],
    [version('1', 1), version('1', 1)],
    ['2'],
    [],
    [],
  ],
  [
    'neighbours above 2^53',
    [version('9007199254740992', 1)],
    [version('9007199254740993', 1)],
    ['9007199254740992'],
    [],
    ['9007199254740993'],
  ],
] as const) {
  test(`the comparison sees ${what}`, () => {
    const comparison = compare(source, stored);
    const { missing: m, stale: s, extra: e } = comparison;
    assert.deepEqual([m, s, e], [missing, stale, extra]);
    assert.equal(isEqual(comparison), missing.length + stale.length + extra.length === 0);
  });
}

test('equality is reported with both counts', () => {
  const all = Array.from({ length: 1_234 }, (_, id) => version(String(id), 1));
  assert.equal(
    toSentence(compare(all, all)),
    '1,234 of 1,234 indicators equal, every id and version',
  );
});

test('a difference is reported with the first five ids', () => {
  const ids = ['1', '2', '3', '4', '5', '6', '7'];
  const source = ids.map((id) => version(id, 1));
  assert.equal(
    toSentence(compare(source, [version('1', 2), version('8', 1)])),
    'not equal: 7 at the source, 2 stored, 6 missing (2, 3, 4, 5, 6 …), 1 stale (1 …), 1 extra (8 …)',
  );
});
