import assert from 'node:assert/strict';
import { test } from 'node:test';
import { livingSummaries } from '../../../demo/latest.ts';

const NOW = Date.parse('2026-11-01T00:00:00Z');

function version(id: string, summary: string, lastModified: string) {
  return { id, summary, lastModified };
}

test('of several copies of a summary only the one that was modified last counts', () => {
  const truth = [
    version('1', 'a.example', '2026-10-01T00:00:00Z'),
    version('2', 'a.example', '2026-10-02T00:00:00Z'),
  ];
  assert.deepEqual(livingSummaries(truth, NOW), [
    { id: 'a.example', lastModified: '2026-10-02T00:00:00Z' },
  ]);
});

test('an indicator that was modified more than 90 days ago is not expected in the latest index', () => {
  const truth = [
    version('1', 'old.example', '2026-08-02T23:59:59Z'),
    version('2', 'young.example', '2026-08-04T00:00:00Z'),
  ];
  assert.deepEqual(
    livingSummaries(truth, NOW).map(({ id }) => id),
    ['young.example'],
  );
});
