import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { NO_COUNTS } from '../../../contracts/counts.ts';
import { ProgressBar, progressText } from '../../../client/progress-bar.ts';
import type { SyncFeedProgress } from '../../../contracts/progress.ts';

function progressOf(read: number, expected: number, pages = 3): SyncFeedProgress {
  return {
    window: { from: null, to: '2026-01-31T12:00:00Z' },
    kind: 'whole',
    slices: [],
    rest: [],
    planned: 1,
    pageSizeMax: 2_000,
    lightPages: 0,
    growAfter: 1,
    absentOwnerIds: [],
    seenOwners: [],
    stream: [],
    keyset: true,
    deepFields: true,
    lanes: 2,
    expected,
    pageSize: 2_000,
    ownerIds: [],
    configHash: 'hash',
    notes: [],
    counts: { ...NO_COUNTS, pages, read },
    late: 0,
    refusedPages: 0,
    attention: [],
    paused: null,
    advanced: null,
  };
}

const MILLIONS = progressOf(1_204_331, 12_000_000, 603);

for (const [columns, progress, perSecond, text] of [
  [
    120,
    progressOf(4_200, 10_000),
    2_100,
    '[##########--------------]  42%  4,200 of 10,000 records, 3 pages, 2,100/s, 3 s left',
  ],
  [
    80,
    progressOf(4_200, 10_000),
    2_100,
    '[##########--------------]  42%  4,200 of 10,000 records, 2,100/s, 3 s left',
  ],
  [
    60,
    progressOf(4_200, 10_000),
    2_100,
    '[###-----]  42%  4,200 of 10,000 records, 2,100/s, 3 s left',
  ],
  [40, progressOf(4_200, 10_000), 2_100, ' 42%  4,200 of 10,000, 2,100/s, 3 s left'],
  [20, progressOf(4_200, 10_000), 2_100, ' 42%'],
  [
    80,
    MILLIONS,
    1_234,
    '[--------]  10%  1,204,331 of 12,000,000 records, 1,234/s, 2 h 26 min left',
  ],
  [60, MILLIONS, 1_234, ' 10%  1,204,331 of 12,000,000, 1,234/s, 2 h 26 min left'],
  [40, MILLIONS, 1_234, ' 10%  1,204,331 of 12,000,000'],
  [80, progressOf(0, 1, 1), 0, '[------------------------]   0%  0 of 1 record, 1 page, 0/s'],
  [80, progressOf(0, 0, 0), null, '[########################] 100%  0 of 0 records, 0 pages'],
  [80, progressOf(29, 100), null, '[######------------------]  29%  29 of 100 records, 3 pages'],
  [
    80,
    progressOf(12_000, 10_000),
    1_200,
    '[########################] 100%  12,000 of 12,000 records, 1,200/s, 0 s left',
  ],
  [
    80,
    { ...progressOf(4_200, 10_000), paused: 'an upgrade' },
    2_100,
    '[##########--------------]  42%  4,200 of 10,000 records, 3 pages, paused',
  ],
] as const) {
  test(`in ${columns} columns a run is drawn as ${text}`, () => {
    assert.equal(progressText(progress, perSecond, columns), text);
  });
}

test('every whole per cent is shown exactly', () => {
  for (let percent = 0; percent <= 100; percent += 1) {
    assert.match(progressText(progressOf(percent, 100), 1, 80), new RegExp(`\\] +${percent}% `));
  }
});

test('any progress is drawn on one line, and the bar is full only at the end', () => {
  const records = fc.nat({ max: 2_000_000_000 });
  const perSecond = fc.option(fc.integer({ min: 0, max: 1e9 }).map((millis) => millis / 1_000));
  const columns = fc.integer({ min: 4, max: 200 });
  fc.assert(
    fc.property(records, records, perSecond, columns, (read, expected, rate, width) => {
      const text = progressText(progressOf(read, expected), rate, width);
      assert.match(text, /^[ -~]+$/);
      assert.ok(text.length <= width, text);
      assert.equal(text.includes('100%'), read >= expected);
      assert.equal(/\[#+\]/.test(text), read >= expected && text.includes('['));
      assert.doesNotMatch(text, /NaN|Infinity/);
    }),
  );
});

/** The output to a terminal of this width, or to a file. */
class Written {
  readonly isTTY: boolean;
  readonly columns: number;
  text = '';

  constructor(isTTY: boolean, columns = 80) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  bar(): ProgressBar {
    return new ProgressBar(this as unknown as NodeJS.WriteStream);
  }
}

test('the rate and the remaining time count from the start of the command', () => {
  const out = new Written(true);
  const bar = out.bar();
  bar.draw(progressOf(900_000, 1_000_000), 0);
  bar.draw(progressOf(901_000, 1_000_000), 10_000);
  assert.match(out.text, /, 100\/s, 17 min left$/);
});

test('a pause does not lower the rate, which is counted again from its end', () => {
  const out = new Written(true);
  const bar = out.bar();
  bar.draw(progressOf(0, 10_000), 0);
  bar.draw({ ...progressOf(100, 10_000), paused: 'why' }, 3_600_000);
  bar.draw(progressOf(1_100, 10_000), 3_601_000);
  assert.match(out.text, /, 1,000\/s, 9 s left$/);
});

test('the last column of a terminal stays free, and a line is drawn over the one before', () => {
  const out = new Written(true, 40);
  const bar = out.bar();
  bar.draw(progressOf(4_200, 10_000), 0);
  bar.draw(progressOf(4_200, 10_000), 2_000);
  bar.end();
  const lines = out.text.split('\r\x1b[K');
  assert.deepEqual(lines, [
    '',
    '[###-----]  42%  4,200 of 10,000',
    '[###-----]  42%  4,200 of 10,000, 0/s\n',
  ]);
});

test('messages are on lines of their own, without control characters of servers or persons', () => {
  const out = new Written(true);
  const bar = out.bar();
  bar.draw(progressOf(0, 1), 0);
  bar.say('one\x1b[2J\ntwo\x07');
  bar.end();
  assert.ok(out.text.endsWith('\r\x1b[Kone two \n'), out.text);
});

test('of a reason of 100 kB only 500 characters are printed', () => {
  const out = new Written(false);
  out.bar().say('x'.repeat(100_000));
  assert.equal(out.text.length, 502);
});

test('in a file there is a line for every ten per cent, and for a pause', () => {
  const out = new Written(false);
  const bar = out.bar();
  for (let read = 0; read <= 100; read += 1) bar.draw(progressOf(read, 100), read * 1_000);
  bar.draw({ ...progressOf(100, 100), paused: 'why' }, 101_000);
  bar.end();
  const lines = out.text.trimEnd().split('\n');
  assert.equal(lines.length, 12);
  assert.match(lines.at(-1) ?? '', /, paused$/);
});
