import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { toAdvanced, toCommitted } from '../../../window/watermark.ts';
import type { FeedState } from '../../../contracts/feed-state.ts';
import { NO_COUNTS } from '../../../contracts/counts.ts';
import { toInstant } from '../../../contracts/instant.ts';
import type { CommitWindowInput } from '../../../contracts/activities.ts';

const COMMITTED_AT = '2026-01-31T12:00:00.000Z';
const OVERLAP_MS = 60_000;

type Opened = CommitWindowInput['opened'];

function inputOf(opened: Partial<Opened>): CommitWindowInput {
  return {
    feed: 'default',
    runId: 'run-2',
    opened: {
      window: { from: '2026-01-31T10:00:00Z', to: '2026-01-31T11:00:00Z' },
      kind: 'next',
      ownerIds: ['3'],
      seenOwners: ['Acme'],
      stream: ['index-1', 'index-2'],
      configHash: 'hash',
      ...opened,
    },
    counts: { ...NO_COUNTS, pages: 1, read: 5, created: 5 },
    late: 2,
    attention: [],
  };
}

const STATE: FeedState = {
  feed: 'default',
  watermark: '2026-01-31T10:30:00Z',
  starts_at: '2026-01-01T00:00:00Z',
  owner_ids: ['1'],
  seen_owners: ['Acme'],
  stream: ['index-1'],
  config_hash: 'hash',
  last_run: {
    run_id: 'run-1',
    from: null,
    to: '2026-01-31T10:30:00Z',
    committed_at: '2026-01-31T10:31:00.000Z',
    counts: NO_COUNTS,
    late: 0,
    attention: [],
  },
};

const from = (instant: string | null, to = '2026-01-31T11:00:00Z') => ({ from: instant, to });

for (const [what, opened, watermark] of [
  ['a window that overlaps moves the watermark to its end', {}, '2026-01-31T11:00:00Z'],
  [
    'a window that begins at the watermark moves it',
    { window: from('2026-01-31T10:30:00Z') },
    '2026-01-31T11:00:00Z',
  ],
  [
    'a window that begins a second later never moves the watermark over the gap',
    { window: from('2026-01-31T10:30:01Z') },
    '2026-01-31T10:30:00Z',
  ],
  [
    'a window that ends before the watermark does not take it back',
    { window: from('2026-01-31T09:00:00Z', '2026-01-31T10:00:00Z') },
    '2026-01-31T10:30:00Z',
  ],
  [
    'a window from the beginning of time moves the watermark',
    { window: from(null), kind: 'whole' },
    '2026-01-31T11:00:00Z',
  ],
  [
    'a window that a person asked for moves the watermark if it touches it',
    { kind: 'explicit' },
    '2026-01-31T11:00:00Z',
  ],
  [
    'a window that a person asked for does not move the watermark without the overlap',
    { kind: 'explicit', window: from('2026-01-31T10:29:01Z') },
    '2026-01-31T10:30:00Z',
  ],
  [
    'a window that a person asked for moves the watermark if it includes the overlap',
    { kind: 'explicit', window: from('2026-01-31T10:29:00Z') },
    '2026-01-31T11:00:00Z',
  ],
  [
    'a next window with another configuration moves nothing',
    { kind: 'next', configHash: 'other' },
    '2026-01-31T10:30:00Z',
  ],
  [
    'a whole window with a new configuration moves the watermark only to its end',
    { kind: 'whole', configHash: 'other', window: from(null, '2026-01-31T10:00:00Z') },
    '2026-01-31T10:00:00Z',
  ],
  [
    'a window that a person asked for never moves the watermark over a gap',
    { kind: 'explicit', window: from('2026-01-31T10:45:00Z') },
    '2026-01-31T10:30:00Z',
  ],
  [
    'a window that a person asked for moves nothing with another configuration',
    { kind: 'explicit', configHash: 'other' },
    '2026-01-31T10:30:00Z',
  ],
] as const) {
  test(what, () => {
    assert.equal(
      toCommitted(STATE, inputOf(opened), COMMITTED_AT, OVERLAP_MS)?.watermark,
      watermark,
    );
  });
}

test('the first commit saves the start of the feed and the owners that were read', () => {
  const opened: Partial<Opened> = { kind: 'whole', window: from('2026-01-30T00:00:00Z') };
  assert.deepEqual(toCommitted(null, inputOf(opened), COMMITTED_AT, OVERLAP_MS), {
    feed: 'default',
    watermark: '2026-01-31T11:00:00Z',
    starts_at: '2026-01-30T00:00:00Z',
    owner_ids: ['3'],
    seen_owners: ['Acme'],
    stream: ['index-1', 'index-2'],
    config_hash: 'hash',
    last_run: {
      run_id: 'run-2',
      from: '2026-01-30T00:00:00Z',
      to: '2026-01-31T11:00:00Z',
      committed_at: COMMITTED_AT,
      counts: { ...NO_COUNTS, pages: 1, read: 5, created: 5 },
      late: 2,
      attention: [],
    },
  });
});

test('a commit of the next window keeps the start of the feed and takes the owners', () => {
  const next = toCommitted(STATE, inputOf({}), COMMITTED_AT, OVERLAP_MS);
  assert.equal(next?.starts_at, STATE.starts_at);
  assert.deepEqual(next?.owner_ids, ['3']);
});

test('a commit saves the current backing indices, so that the data stream is recognised after its first ones are deleted', () => {
  for (const kind of ['next', 'explicit'] as const) {
    const next = toCommitted(STATE, inputOf({ kind }), COMMITTED_AT, OVERLAP_MS);
    assert.deepEqual(next?.stream, ['index-1', 'index-2']);
  }
});

describe('a watermark of a deleted data stream', () => {
  const stream = ['index-9'];

  test('is neither moved nor tied to the new data stream by a window that does not read everything', () => {
    for (const kind of ['next', 'explicit'] as const) {
      const next = toCommitted(STATE, inputOf({ kind, stream }), COMMITTED_AT, OVERLAP_MS);
      assert.deepEqual(next, { ...STATE, last_run: next?.last_run });
    }
    assert.equal(toAdvanced(STATE, advanceTo('2026-01-31T10:45:00Z', { stream })), null);
  });

  test('is replaced by one of the new data stream when everything is read', () => {
    const opened: Partial<Opened> = { kind: 'whole', stream, window: from(STATE.starts_at) };
    const next = toCommitted(STATE, inputOf(opened), COMMITTED_AT, OVERLAP_MS);
    assert.deepEqual(next?.stream, stream);
    assert.equal(next?.watermark, '2026-01-31T11:00:00Z');
  });
});

test('after everything was read again, the state has the changed configuration', () => {
  const opened: Partial<Opened> = {
    kind: 'whole',
    configHash: 'other',
    window: from(STATE.starts_at),
  };
  assert.equal(toCommitted(STATE, inputOf(opened), COMMITTED_AT, OVERLAP_MS)?.config_hash, 'other');
});

test('a window that a person asked for changes neither owners, start nor configuration', () => {
  const opened: Partial<Opened> = { kind: 'explicit', configHash: 'other', ownerIds: ['3', '4'] };
  const next = toCommitted(STATE, inputOf(opened), COMMITTED_AT, OVERLAP_MS);
  assert.deepEqual(next, { ...STATE, last_run: next?.last_run });
  assert.equal(next?.last_run?.run_id, 'run-2');
});

test('a run that commits after a newer one keeps the newer list of owners', () => {
  const window = from('2026-01-31T09:00:00Z', '2026-01-31T10:00:00Z');
  const next = toCommitted(STATE, inputOf({ window }), COMMITTED_AT, OVERLAP_MS);
  assert.deepEqual(next?.owner_ids, STATE.owner_ids);
});

for (const kind of ['explicit', 'next'] as const) {
  test(`a window of kind ${kind} creates no state if there is none, because nothing before it was read`, () => {
    assert.equal(toCommitted(null, inputOf({ kind }), COMMITTED_AT, OVERLAP_MS), null);
  });
}

test('after any runs the watermark has only moved forward, and everything before it was read', () => {
  const second = fc.nat({ max: 60 });
  const run = fc.record({ a: second, b: second, kind: fc.constantFrom('next', 'explicit') });
  fc.assert(
    fc.property(second, second, fc.array(run, { maxLength: 12 }), (a, b, runs) => {
      const read = new Set<string>();
      const commit = (state: FeedState | null, kind: Opened['kind'], x: number, y: number) => {
        const [start, end] = [Math.min(x, y), Math.max(x, y)];
        for (let at = start; at < end; at += 1) read.add(toInstant(at * 1000));
        const window = { from: toInstant(start * 1000), to: toInstant(end * 1000) };
        return toCommitted(state, inputOf({ kind, window }), COMMITTED_AT, OVERLAP_MS);
      };
      let state = commit(null, 'whole', a, b);
      for (const { a: x, b: y, kind } of runs) {
        const before: string = state?.watermark ?? '';
        state = commit(state, kind, x, y);
        assert.ok((state?.watermark ?? '') >= before);
        const startMs = Date.parse(state?.starts_at ?? '');
        for (let ms = startMs; ms < Date.parse(state?.watermark ?? ''); ms += 1000) {
          assert.ok(read.has(toInstant(ms)));
        }
      }
    }),
  );
});

const advanceTo = (to: string, opened: Partial<Opened> = {}) => ({
  feed: 'default',
  opened: inputOf(opened).opened,
  to,
});

test('finished slices move the watermark before the window ends, and change nothing else', () => {
  const input = advanceTo('2026-01-31T10:45:00Z', { ownerIds: ['1', '3'] });
  const next = toAdvanced(STATE, input);
  const stream = ['index-1', 'index-2'];
  assert.deepEqual(next, { ...STATE, watermark: '2026-01-31T10:45:00Z', stream });
});

test('a first load that is terminated keeps its watermark', () => {
  const opened: Partial<Opened> = { kind: 'whole', window: from(null) };
  assert.deepEqual(toAdvanced(null, advanceTo('2026-01-31T10:45:00Z', opened)), {
    feed: 'default',
    watermark: '2026-01-31T10:45:00Z',
    starts_at: null,
    owner_ids: ['3'],
    seen_owners: ['Acme'],
    stream: ['index-1', 'index-2'],
    config_hash: 'hash',
    last_run: null,
  });
});

for (const [what, state, input] of [
  ['never goes back', STATE, advanceTo('2026-01-31T10:15:00Z')],
  [
    'never goes over a gap',
    STATE,
    advanceTo('2026-01-31T10:45:00Z', { window: from('2026-01-31T10:30:01Z') }),
  ],
  [
    'stays with a changed configuration until everything is read again',
    STATE,
    advanceTo('2026-01-31T10:45:00Z', { kind: 'whole', configHash: 'other', window: from(null) }),
  ],
  ['needs a first window that is whole', null, advanceTo('2026-01-31T10:45:00Z')],
] as const) {
  test(`during a run the watermark ${what}`, () => {
    assert.equal(toAdvanced(state, input), null);
  });
}

test('an owner that was hidden when the window was opened is read completely when it is back', () => {
  const state = { ...STATE, owner_ids: ['3', '4'] };
  const advanced = toAdvanced(state, advanceTo('2026-01-31T10:45:00Z'));
  assert.deepEqual(advanced?.owner_ids, ['3']);
  const committed = toCommitted(state, inputOf({ kind: 'explicit' }), COMMITTED_AT, OVERLAP_MS);
  assert.deepEqual(committed?.owner_ids, ['3']);
});

test('a window that a person asked for, and that does not move the watermark, removes no owner', () => {
  const opened: Partial<Opened> = { kind: 'explicit', window: from('2026-01-31T10:45:00Z') };
  const next = toCommitted(STATE, inputOf(opened), COMMITTED_AT, OVERLAP_MS);
  assert.deepEqual(next?.owner_ids, STATE.owner_ids);
});
