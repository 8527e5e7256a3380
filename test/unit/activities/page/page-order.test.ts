import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { SourceContractError } from '../../../../contracts/errors.ts';
import { PageOrder } from '../../../../activities/page/page-order.ts';
import type { Slice } from '../../../../contracts/window.ts';

const SLICE: Slice = {
  from: '2026-01-31T10:00:00Z',
  to: '2026-01-31T12:00:00Z',
  ownerIds: null,
  settledBefore: '2026-01-31T11:00:00Z',
};
const INSIDE = Date.parse('2026-01-31T10:30:00Z');

for (const [cursor, id] of [
  [null, '0'],
  ['9', '10'],
  ['738667', '738668'],
  ['9007199254740992', '9007199254740993'],
  ['9007199254918486', '9007199254918487'],
  ['999999999999999999', '1000000000000000000'],
] as const) {
  test(`id ${id} may follow ${cursor}`, () => {
    const order = new PageOrder(SLICE, cursor);
    order.accept(id, INSIDE, 1);
    assert.equal(order.cursor, id);
  });
}

for (const [cursor, id] of [
  ['738667', '738667'],
  ['10', '9'],
  ['9007199254740993', '9007199254740993'],
  ['9007199254740993', '9007199254740992'],
  ['1000000000000000000', '999999999999999999'],
] as const) {
  test(`id ${id} after ${cursor} would hide records and is refused`, () => {
    const order = new PageOrder(SLICE, cursor);
    assert.throws(
      () => order.accept(id, INSIDE, 7),
      new SourceContractError(
        `record 7 of the page has id ${id}, which does not ascend from ${cursor} as \`sorting=id asc\` promises`,
      ),
    );
    assert.equal(order.cursor, cursor);
  });
}

test('ids are compared as numbers of any length', () => {
  const id = fc.bigInt({ min: 0n, max: 2n ** 70n });
  fc.assert(
    fc.property(id, id, (cursor, next) => {
      const accept = () => new PageOrder(SLICE, String(cursor)).accept(String(next), INSIDE, 1);
      if (next > cursor) accept();
      else assert.throws(accept, SourceContractError);
    }),
  );
});

test('an id that is lower than an earlier one of the same slice is refused', () => {
  const order = new PageOrder(SLICE, null);
  for (const id of ['1', '5', '12']) order.accept(id, INSIDE, 1);
  assert.throws(() => order.accept('6', INSIDE, 4), /from 12/);
});

for (const [at, accepted] of [
  ['2026-01-31T09:59:59.999Z', false],
  ['2026-01-31T10:00:00.000Z', true],
  ['2026-01-31T11:59:59.999Z', true],
  ['2026-01-31T12:00:00.000Z', false],
] as const) {
  test(`a record modified ${at} is ${accepted ? 'inside' : 'outside'} of the slice`, () => {
    const accept = () => new PageOrder(SLICE, null).accept('1', Date.parse(at), 1);
    if (accepted) accept();
    else assert.throws(accept, SourceContractError);
  });
}

test('a slice without a start has no oldest record', () => {
  new PageOrder({ ...SLICE, from: null }, null).accept('1', 0, 1);
});

test('a record without a date does not fail the page and counts as settled', () => {
  const order = new PageOrder(SLICE, null);
  order.accept('1', null, 1);
  assert.equal(order.settledRead, 1);
});

test('only records modified before `settledBefore` count as settled', () => {
  const order = new PageOrder(SLICE, null);
  order.accept('1', Date.parse('2026-01-31T10:59:59.999Z'), 1);
  order.accept('2', Date.parse('2026-01-31T11:00:00Z'), 2);
  assert.equal(order.settledRead, 1);
});
