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
  ['if no slice is left, the whole window is written', [], [], WINDOW.to],
  [
    'a window is written up to the first slice that is not finished',
    [slice('2026-01-04T00:00:00Z'), slice('2026-01-02T00:00:00Z')],
    [],
    '2026-01-02T00:00:00Z',
  ],
  [
    'the unplanned rest of a window is not written',
    [slice('2026-01-04T00:00:00Z')],
    [range('2026-01-03T00:00:00Z')],
    '2026-01-03T00:00:00Z',
  ],
  ['if the first slice is open, nothing is written', [slice(WINDOW.from)], [], null],
  ['if a slice without a start is open, nothing is written', [slice(null)], [], null],
  ['slices of newly visible owners do not stop the watermark', [slice(null, ['3'])], [], WINDOW.to],
] as const) {
  test(title, () => {
    const state = { window: WINDOW, slices: unfinished(...slices), rest: [...rest] };
    assert.equal(writtenTo(state), expected);
  });
}
