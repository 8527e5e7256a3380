import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { InFlight } from '../../../../activities/page/bytes-in-flight.ts';

const SIGNAL = new AbortController().signal;

test('never more bytes are in flight than allowed, except for one larger record alone, and all records get their turn', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 30 }),
      async (sizes) => {
        const inFlight = new InFlight(10);
        let bytes = 0;
        let holders = 0;
        const order: number[] = [];
        const work = sizes.map(async (size, index) => {
          await inFlight.take(size, SIGNAL);
          bytes += size;
          holders += 1;
          order.push(index);
          assert.ok(bytes <= 10 || holders === 1, `${bytes} bytes of ${holders}`);
          await setImmediate();
          bytes -= size;
          holders -= 1;
          inFlight.giveBack(size);
        });
        await Promise.all(work);
        assert.deepEqual(
          order,
          sizes.map((_, index) => index),
        );
      },
    ),
  );
});

test('if a waiting record is cancelled, the next one gets its turn', async () => {
  const inFlight = new InFlight(10);
  assert.ok(inFlight.tryTake(8));
  const controller = new AbortController();
  const large = inFlight.take(9, controller.signal);
  const small = inFlight.take(2, SIGNAL);
  controller.abort(new Error('cancelled'));
  await assert.rejects(large, /cancelled/);
  await small;
  assert.equal(inFlight.tryTake(1), false);
  inFlight.giveBack(8);
  assert.ok(inFlight.tryTake(8));
});

test('a later record does not overtake a waiting one', async () => {
  const inFlight = new InFlight(10);
  assert.ok(inFlight.tryTake(6));
  const waits = inFlight.take(6, SIGNAL);
  assert.equal(inFlight.tryTake(1), false);
  inFlight.giveBack(6);
  await waits;
});
