import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEGINNING } from '../../../contracts/progress.ts';
import type { Range, Slice } from '../../../contracts/window.ts';
import { writtenTo } from '../../../window/written-to.ts';

const WINDOW = { from: '2026-01-01T00:00:00Z', to: '2026-01-05T00:00:00Z' };

function slice(from: string | null, ownerIds: string[] | null = null): Slice {
  return { from, to: WINDOW.to, ownerIds, settledBefore: WINDOW.to };
}

function unfinished(...slices: Slice[]) {
  return slices.map((each, index) => ({ number: index + 1, slice: each, position: BEGINNING }));
}

function range(from: string): Range {
  return { ...slice(from), count: 7 };
}

for (const [title, slices, rest, expected] of [
  ['where nothing is left, all of the window is written', [], [], WINDOW.to],
  [
    'a window is written up to the first slice that is not finished',
    [slice('2026-01-04T00:00:00Z'), slice('2026-01-02T00:00:00Z')],
    [],
    '2026-01-02T00:00:00Z',
  ],
  [
    'what is not planned is not written',
    [slice('2026-01-04T00:00:00Z')],
    [range('2026-01-03T00:00:00Z')],
    '2026-01-03T00:00:00Z',
  ],
  ['a slice that begins with the window leaves nothing written', [slice(WINDOW.from)], [], null],
  ['a slice from the beginning of time leaves nothing written', [slice(null)], [], null],
  [
    'owners that have become visible do not hold the watermark back',
    [slice(null, ['3'])],
    [],
    WINDOW.to,
  ],
] as const) {
  test(title, () => {
    const state = { window: WINDOW, slices: unfinished(...slices), rest: [...rest] };
    assert.equal(writtenTo(state), expected);
  });
}
