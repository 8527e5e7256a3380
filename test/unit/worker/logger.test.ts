import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toLine } from '../../../worker/logger.ts';

const ENTRY = {
  level: 'INFO',
  timestampNanos: 1_767_225_600_123_456_789n,
  message: 'page indexed',
} as const;

test('a line is one JSON object: time, level, message, and its fields', () => {
  assert.deepEqual(JSON.parse(toLine({ ...ENTRY, meta: { feed: 'default', indexed: 7 } })), {
    time: '2026-01-01T00:00:00.123Z',
    level: 'INFO',
    message: 'page indexed',
    feed: 'default',
    indexed: 7,
  });
});

test('a line without fields is a JSON object too', () => {
  assert.deepEqual(Object.keys(JSON.parse(toLine(ENTRY)) as object), ['time', 'level', 'message']);
});

test('a message of two lines stays one line', () => {
  assert.ok(!toLine({ ...ENTRY, message: 'a\nb' }).includes('\n'));
});

test('a number that JSON cannot express does not lose the line', () => {
  assert.match(toLine({ ...ENTRY, meta: { id: 9_007_199_254_740_993n } }), /"9007199254740993"/);
});

test('an error is logged with name and message, without the request that its cause may hold', () => {
  const cause = Object.assign(new Error('inner'), { headers: { authorization: 'TC 1:abc' } });
  const error = Object.assign(new TypeError('outer', { cause }), { headers: cause.headers });
  const line = toLine({ ...ENTRY, meta: { error, nested: { error } } });
  assert.deepEqual(JSON.parse(line), {
    time: '2026-01-01T00:00:00.123Z',
    level: 'INFO',
    message: 'page indexed',
    error: 'TypeError: outer',
    nested: { error: 'TypeError: outer' },
  });
});
