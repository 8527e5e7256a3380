import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndicatorVersion } from '../../../activities/elasticsearch/stored-indicators.ts';
import type { Facts, FeedFacts, RejectFacts, StoredFacts } from '../../../client/why/facts.ts';
import { valueForms } from '../../../client/why/value-forms.ts';
import { judgeIndicator, type VerdictKind } from '../../../client/why/verdict.ts';

const MODIFIED = '2026-03-01T10:00:00Z';
const NOW = Date.parse('2026-03-02T10:00:00Z');

const VERSION: IndicatorVersion = {
  documentId: 'document-1',
  index: '.ds-1',
  indicatorId: '7',
  owner: 'Acme',
  type: 'Host',
  summary: 'bad.example',
  created: '2026-03-01T10:05:00.000Z',
  lastModified: '2026-03-01T10:00:00.000Z',
  timestamp: '2026-03-01T10:00:00.000Z',
  deletedAt: '2026-06-01T00:00:00.000Z',
  ingested: '2026-03-01T10:05:01.000Z',
  isTombstone: false,
  feed: 'default',
  runId: 'run-1',
};
const OLDER: IndicatorVersion = {
  ...VERSION,
  created: '2026-02-01T10:05:00.000Z',
  lastModified: '2026-02-01T10:00:00.000Z',
};
const SHOWN = {
  id: '7',
  owner: 'Acme',
  type: 'Host',
  summary: 'bad.example',
  active: true,
  lastModified: MODIFIED,
};
const FEED: FeedFacts = {
  name: 'default',
  selects: { value: { selected: true, because: null } },
  state: { value: { startsAt: null, watermark: '2026-03-02T09:00:00Z' } },
};
const REJECT: RejectFacts = {
  id: 'reject-1',
  state: 'open',
  feed: 'default',
  runId: 'run-1',
  readAt: '2026-03-01T10:05:00.000Z',
  indicatorId: '7',
  owner: 'Acme',
  type: 'Host',
  summary: 'bad.example',
};
const STANDING = {
  transform: 'transform-1',
  state: 'started',
  paused: null,
  health: 'green',
  issues: [],
  behindDocuments: 0,
  behindSince: null,
};

const BOTH: StoredFacts = { versions: [VERSION], total: 1, latest: VERSION, otherCopy: null };
const WRITTEN = stored({ latest: null });
const NOTHING = stored({ latest: null, versions: [], total: 0 });
const BEHIND = { ...STANDING, behindDocuments: 2, behindSince: '2026-03-01T10:04:00.000Z' };
const SOON = Date.parse('2026-03-01T10:06:00Z');

function stored(changes: Partial<StoredFacts>): Facts['stored'] {
  return { value: { ...BOTH, ...changes } };
}

function marks(startsAt: string | null, watermark: string): Pick<Facts, 'feeds'> {
  return { feeds: [{ ...FEED, state: { value: { startsAt, watermark } } }] };
}

function unselected(because: 'owners' | 'types' | 'filter'): Pick<Facts, 'feeds'> {
  return { feeds: [{ ...FEED, selects: { value: { selected: false, because } } }] };
}

const FACTS: Facts = {
  id: '7',
  nowMs: NOW,
  source: { value: SHOWN },
  owners: { value: ['Acme'] },
  feeds: [FEED],
  stored: { value: BOTH },
  leftOut: { value: null },
  transform: { value: STANDING },
  rejects: { value: [] },
  expiry: 'confirmed',
};

const NO_ANSWER = { trouble: 'no answer in time' };
const INACTIVE = { source: { value: { ...SHOWN, active: false } } };
const GONE = { source: { value: null } };

const CASES: [name: string, Partial<Facts>, VerdictKind, well: boolean, RegExp][] = [
  ['current', {}, 'current', true, /^in Elasticsearch in its newest version$/],
  [
    'current, and its versions have left the data stream',
    { stored: stored({ versions: [], total: 0 }) },
    'current',
    true,
    /newest version/,
  ],
  [
    'a copy of another owner stands for it',
    { stored: stored({ latest: null, otherCopy: { ...VERSION, indicatorId: '8', owner: 'B' } }) },
    'other-copy',
    true,
    /through indicator 8 of owner B/,
  ],
  [
    'the copy of another owner has the same document',
    {
      stored: stored({
        versions: [],
        total: 0,
        latest: null,
        otherCopy: { ...VERSION, indicatorId: '8' },
      }),
    },
    'other-copy',
    true,
    /through indicator 8/,
  ],
  [
    'no feed selects it',
    { ...unselected('filter'), stored: NOTHING },
    'not-selected',
    true,
    /default leaves it out by its filter/,
  ],
  [
    'its owner is not of a feed',
    { ...unselected('owners'), stored: NOTHING },
    'not-selected',
    true,
    /by its owners/,
  ],
  [
    'no feed selects it any more',
    unselected('types'),
    'not-selected-but-present',
    false,
    /by its types; it stays in Elasticsearch until 2026-06-01/,
  ],
  [
    'a feed that cannot be asked',
    { feeds: [{ ...FEED, selects: NO_ANSWER }] },
    'unknown',
    false,
    /feed default: no answer in time/,
  ],
  ['inactive', { ...INACTIVE, stored: NOTHING }, 'inactive', true, /inactive at the source/],
  [
    'inactive and in latest',
    INACTIVE,
    'inactive-but-present',
    false,
    /stays in Elasticsearch until/,
  ],
  [
    'inactive, and the transform has still to remove it',
    { ...INACTIVE, stored: stored({ versions: [{ ...VERSION, isTombstone: true }] }) },
    'inactive-but-present',
    false,
    /transform has still to remove it/,
  ],
  ['gone', { ...GONE, stored: WRITTEN }, 'gone', true, /deleted at the source/],
  [
    'gone and in latest',
    GONE,
    'gone-but-present',
    false,
    /deleted at the source; it stays .* until/,
  ],
  [
    'gone, of an owner that is not visible',
    { ...GONE, owners: { value: ['B'] } },
    'gone-but-present',
    false,
    /does not see its owner Acme/,
  ],
  [
    'known to neither',
    { ...GONE, stored: NOTHING },
    'gone',
    true,
    /not visible at the source: deleted, or its owner/,
  ],
  [
    'modified after the watermark',
    { ...marks(null, MODIFIED), stored: NOTHING },
    'not-yet',
    true,
    /after the watermark 2026-03-01T10:00:00Z/,
  ],
  [
    'modified again after the watermark',
    { ...marks(null, MODIFIED), stored: stored({ versions: [OLDER], latest: OLDER }) },
    'not-yet',
    true,
    /an older version is stored/,
  ],
  [
    'never read',
    { feeds: [{ ...FEED, state: { value: null } }], stored: NOTHING },
    'never-read',
    false,
    /has saved no progress/,
  ],
  [
    'its feed has an unknown state',
    { feeds: [{ ...FEED, state: NO_ANSWER }], stored: NOTHING },
    'unknown',
    false,
    /state of feed default/,
  ],
  [
    'outside',
    { ...marks('2026-03-01T11:00:00Z', '2026-03-02T09:00:00Z'), stored: NOTHING },
    'outside',
    true,
    /TC_INITIAL_INTERVAL/,
  ],
  [
    'read past, and not stored',
    { stored: NOTHING },
    'missing',
    false,
    /this version is not stored/,
  ],
  [
    'active again after its end',
    { stored: stored({ versions: [{ ...VERSION, isTombstone: true }], latest: null }) },
    'missing',
    false,
    /not stored/,
  ],
  [
    'rejected',
    { stored: NOTHING, rejects: { value: [REJECT] } },
    'rejected',
    false,
    /could not be written$/,
  ],
  [
    'rejected, and an older version is there',
    { stored: stored({ versions: [OLDER], latest: OLDER }), rejects: { value: [REJECT] } },
    'rejected',
    false,
    /older version/,
  ],
  [
    'a settled reject does not matter',
    { rejects: { value: [{ ...REJECT, state: 'written' }] } },
    'current',
    true,
    /newest/,
  ],
  [
    'a reject without an id',
    { ...GONE, id: null, stored: NOTHING, rejects: { value: [REJECT] } },
    'rejected',
    false,
    /no id/,
  ],
  [
    'expired by fixed terms',
    {
      stored: stored({
        versions: [{ ...VERSION, deletedAt: '2026-03-02T00:00:00.000Z' }],
        latest: null,
      }),
      expiry: 'fixed',
    },
    'expired',
    true,
    /^expired on 2026-03-02/,
  ],
  [
    'expired although it is active',
    {
      stored: stored({
        versions: [{ ...VERSION, deletedAt: '2026-03-02T00:00:00.000Z' }],
        latest: null,
      }),
    },
    'expired',
    false,
    /^expired on/,
  ],
  [
    'left out',
    { stored: WRITTEN, leftOut: { value: 'indicator 7 (custom)' } },
    'left-out',
    false,
    /index refuses it: indicator 7 \(custom\)/,
  ],
  [
    'not seen by the transform',
    { stored: WRITTEN, transform: { value: BEHIND }, nowMs: SOON },
    'waiting',
    true,
    /has not seen it/,
  ],
  [
    'not seen for long',
    { stored: WRITTEN, transform: { value: BEHIND } },
    'stalled',
    false,
    /has not seen it/,
  ],
  [
    'the transform is stopped',
    { stored: WRITTEN, transform: { value: { ...BEHIND, state: 'stopped' } }, nowMs: SOON },
    'stalled',
    false,
    /is stopped/,
  ],
  ['the transform has passed it', { stored: WRITTEN }, 'missing', false, /has passed it/],
  [
    'the transform cannot be asked',
    { stored: WRITTEN, transform: NO_ANSWER },
    'unknown',
    false,
    /the transform: no answer/,
  ],
  [
    'no answer from the source',
    { source: NO_ANSWER },
    'unknown',
    false,
    /it is in the latest index, but ThreatConnect/,
  ],
  [
    'no answer from Elasticsearch',
    { stored: NO_ANSWER },
    'unknown',
    false,
    /Elasticsearch gives no answer/,
  ],
];

for (const [name, changes, kind, well, what] of CASES) {
  test(`verdict: ${name}`, () => {
    const verdict = judgeIndicator({ ...FACTS, ...changes });
    assert.equal(verdict.kind, kind, verdict.what);
    assert.equal(verdict.well, well);
    assert.match(verdict.what, what);
    if (!verdict.well) assert.notEqual(verdict.remedy, null);
  });
}

for (const [given, form] of [
  ['hxxps://bad[.]example/a.b', 'https://bad.example/a.b'],
  ['https://bad.example/a.b', 'hxxps://bad[.]example/a.b'],
  ['bad.example', 'bad[.]example'],
  [' bad.example ', 'bad.example'],
  ['d41d8cd98f00b204e9800998ecf8427e', 'D41D8CD98F00B204E9800998ECF8427E'],
] as const) {
  test(`${JSON.stringify(given)} is also searched as ${form}`, () => {
    assert.ok(valueForms(given).includes(form), valueForms(given).join(' '));
  });
}
