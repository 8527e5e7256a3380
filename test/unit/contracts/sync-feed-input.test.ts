import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_COUNTS } from '../../../contracts/counts.ts';
import type { SyncFeedProgress } from '../../../contracts/progress.ts';
import { SyncFeedInput } from '../../../contracts/sync-feed-input.ts';

const DAY_1 = '2026-01-01T00:00:00Z';
const DAY_2 = '2026-01-02T00:00:00Z';

const PROGRESS: SyncFeedProgress = {
  window: { from: null, to: DAY_2 },
  kind: 'whole',
  slices: [
    {
      number: 4,
      slice: { from: null, to: DAY_2, ownerIds: null, settledBefore: DAY_1 },
      position: { cursor: '9007199254740993', read: 2, settledRead: 1, pass: 2, hidden: true },
    },
  ],
  planned: 4,
  pageSizeMax: 2_000,
  lightPages: 0,
  growAfter: 4,
  absentOwnerIds: ['5'],
  seenOwners: ['Acme'],
  stream: ['index-1'],
  keyset: true,
  deepFields: true,
  rest: [{ from: DAY_1, to: DAY_2, ownerIds: ['3'], settledBefore: DAY_1, count: 7 }],
  lanes: 2,
  expected: 5,
  pageSize: 2_000,
  ownerIds: ['3'],
  configHash: 'hash',
  notes: ['a note'],
  counts: NO_COUNTS,
  late: 0,
  refusedPages: 0,
  attention: [],
  paused: null,
  advanced: null,
};

for (const [input, parsed] of [
  [{}, { feed: 'default' }],
  [{ feed: 'other' }, { feed: 'other' }],
  [{ from: DAY_1 }, { feed: 'default', from: DAY_1 }],
  [
    { from: DAY_1, to: DAY_2 },
    { feed: 'default', from: DAY_1, to: DAY_2 },
  ],
  [{ pageSize: 1 }, { feed: 'default', pageSize: 1 }],
  [{ pageSize: 10_000 }, { feed: 'default', pageSize: 10_000 }],
  [{ resume: PROGRESS }, { feed: 'default', resume: PROGRESS }],
] as const) {
  test(`a run accepts ${JSON.stringify(input)}`, () => {
    assert.deepEqual(SyncFeedInput.parse(input), parsed);
  });
}

for (const [input, path] of [
  [null, ''],
  ['default', ''],
  [[], ''],
  [{ feed: '' }, 'feed'],
  [{ feed: 7 }, 'feed'],
  [{ from: DAY_2, to: DAY_1 }, 'from'],
  [{ from: DAY_1, to: DAY_1 }, 'from'],
  [{ to: DAY_2 }, 'to'],
  [{ from: '2026-01-01' }, 'from'],
  [{ from: '2026-02-30T00:00:00Z' }, 'from'],
  [{ from: '2026-01-01T00:00:00.000Z' }, 'from'],
  [{ from: '2026-01-01T00:00:00+00:00' }, 'from'],
  [{ from: 1_767_225_600 }, 'from'],
  [{ from: null }, 'from'],
  [{ pageSize: 0 }, 'pageSize'],
  [{ pageSize: 10_001 }, 'pageSize'],
  [{ pageSize: 1.5 }, 'pageSize'],
  [{ pageSize: '5' }, 'pageSize'],
  [{ pagesize: 5 }, ''],
  [{ resume: null }, 'resume'],
  [{ resume: [] }, 'resume'],
  [{ resume: {} }, 'resume'],
  [{ resume: { ...PROGRESS, slices: [{}] } }, 'resume'],
  [{ resume: { ...PROGRESS, rest: null } }, 'resume'],
  [{ lanes: 0 }, 'lanes'],
  [{ lanes: 17 }, 'lanes'],
] as const) {
  test(`a run refuses ${JSON.stringify(input)} at its start, and is not stuck`, () => {
    const { success, error } = SyncFeedInput.safeParse(input);
    assert.equal(success, false);
    assert.equal(error?.issues[0]?.path[0] ?? '', path);
  });
}

test('input fields of a newer build survive continue-as-new', () => {
  const slices = PROGRESS.slices.map((slice) => Object.assign({}, slice, { extra: 1 }));
  const resume = { ...PROGRESS, paused: 'why', slices };
  assert.deepEqual(SyncFeedInput.parse({ resume }).resume, resume);
});
