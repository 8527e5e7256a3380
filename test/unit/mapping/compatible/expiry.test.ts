import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from '../../../../mapping/compatible/expiry.ts';
import { at, documentOf, TC } from './map.ts';

const DAY_MS = 86_400_000;

for (const [text, durationMs] of [
  ['90d', 90 * DAY_MS],
  ['+1d', DAY_MS],
  ['-1d', -DAY_MS],
  ['36h', 1.5 * DAY_MS],
  ['90m', DAY_MS / 16],
  ['30s', 90 * DAY_MS],
  ['2w', 90 * DAY_MS],
  ['10', 90 * DAY_MS],
  ['x', 90 * DAY_MS],
  ['10D', 90 * DAY_MS],
  ['d', null],
  ['1.0d', null],
  [' 1d', null],
  ['xd', null],
] as const) {
  test(`a life of ${text} is ${durationMs} ms`, () =>
    assert.equal(parseDuration(text), durationMs));
}

for (const [lastModified, iocExpiration, deletedAt] of [
  ['2024-02-28T22:30:00.1239-02:00', '90d', '2024-05-29T00:30:00.123Z'],
  ['2024-02-29', '1h', '2024-02-29T01:00:00.000Z'],
  ['2023', '10', '2023-04-01T00:00:00.000Z'],
  ['0001-01-02', '-24h', '0001-01-01T00:00:00.000Z'],
] as const) {
  test(`an indicator modified at ${lastModified} with a life of ${iocExpiration} ends at ${deletedAt}`, () => {
    const document = documentOf({ lastModified }, { iocExpiration });
    assert.equal(at(document, `${TC}.deleted_at`), deletedAt);
    assert.equal(at(document, `${TC}.expiration_duration`), iocExpiration);
    assert.equal(document.error, undefined);
  });
}

for (const iocExpiration of ['d', 'xd', '1.0h', '4000000d', '-740000d', `${'9'.repeat(30)}d`]) {
  test(`a life of ${iocExpiration} has no end, with an error`, () => {
    const document = documentOf({ lastModified: '2024-01-01' }, { iocExpiration });
    assert.equal(at(document, `${TC}.deleted_at`), undefined);
    assert.equal(at(document, `${TC}.expiration_duration`), iocExpiration);
    assert.deepEqual(at(document, 'error.message'), [
      `ioc_expiration_duration: cannot convert [${iocExpiration}] to duration`,
    ]);
  });
}

test('without a life an indicator has no end', () => {
  const document = documentOf({ lastModified: '2024-01-01' }, { iocExpiration: '' });
  assert.deepEqual(Object.keys(at(document, TC) ?? {}), ['last_modified']);
});

for (const lastModified of [undefined, '', 'yesterday']) {
  test(`an indicator modified at ${JSON.stringify(lastModified)} has no end, and no error about its end`, () => {
    const document = documentOf({ lastModified }, { iocExpiration: 'd' });
    assert.equal(at(document, `${TC}.deleted_at`), undefined);
    assert.ok(!JSON.stringify(document.error ?? '').includes('duration'));
  });
}

for (const [given, deletedAt] of [
  ['"2025-01-01T00:00:00+01:00"', '2024-12-31T23:00:00.000Z'],
  ['"2025"', '2025-01-01T00:00:00.000Z'],
  ['2025', '2025-01-01T00:00:00.000Z'],
  ['1700000000', '2023-11-14T22:13:20.000Z'],
  ['"1700000000"', '2023-11-14T22:13:20.000Z'],
  ['1700000000.1239', '2023-11-14T22:13:20.123Z'],
  ['"1.7e9"', '2023-11-14T22:13:20.000Z'],
  ['-1.5', '1969-12-31T23:59:58.500Z'],
  ['0', '1970-01-01T00:00:00.000Z'],
] as const) {
  test(`an end of ${given} in the record itself has priority`, () => {
    const document = documentOf(`{"lastModified":"2024-01-01","deleted_at":${given}}`);
    assert.equal(at(document, `${TC}.deleted_at`), deletedAt);
    assert.equal(document.error, undefined);
  });
}

test('an empty end in the record is ignored', () => {
  const document = documentOf({ lastModified: '2024-01-01', deleted_at: '' });
  assert.equal(at(document, `${TC}.deleted_at`), undefined);
  assert.equal(document.error, undefined);
});

for (const [given, shown] of [
  ['soon', 'soon'],
  [true, 'true'],
  [[], 'list'],
  [{}, 'object'],
  [1e12, '1000000000000'],
  ['1e400', '1e400'],
] as const) {
  test(`an end of ${JSON.stringify(given)} in the record is no end, with an error`, () => {
    const document = documentOf({ lastModified: '2024-01-01', deleted_at: given });
    assert.equal(at(document, `${TC}.deleted_at`), undefined);
    assert.deepEqual(at(document, 'error.message'), [
      `deleted_at: cannot convert [${shown}] to date`,
    ]);
  });
}
