import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toLines } from '../../../demo/what-happened.ts';

test('the numbers of the chaos say what happened, and leave out what did not', () => {
  const none = { 429: 0, 502: 0, 503: 0, reset: 0, cut: 0, hang: 0 };
  const lines = toLines({
    runs: 3,
    counts: { pages: 120, read: 12_000, created: 11_000, duplicate: 1_000, rejected: 0 },
    attemptsRetried: 20,
    workerLost: 4,
    changes: 2_000,
    changesBetweenPages: 1_500,
    kills: 3,
    failed: { source: { ...none, 429: 1_003, cut: 2 }, sink: none },
  });
  assert.deepEqual(lines, [
    'changes made      2,000, 1,500 of them between two pages of one run',
    'workers killed    3',
    'requests failed   ThreatConnect 1,005: 429 1,003, answer cut off 2',
    '                  Elasticsearch 0: none',
    'attempts retried  20, at least 4 of them because the worker was gone',
    'pages             120 in 3 runs',
    'records           12,000 read: 11,000 written, 1,000 there already, 0 rejected',
  ]);
});
