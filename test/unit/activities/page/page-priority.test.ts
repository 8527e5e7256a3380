import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as nextRound } from 'node:timers/promises';
import { PagePriority, type Turn } from '../../../../activities/page/page-priority.ts';

/** Works on a page whose batches come one in each round of the event loop. */
async function work(turn: Turn, name: string, batches: number, done: string[]): Promise<void> {
  for (let batch = 0; batch < batches; batch += 1) {
    await nextRound();
    await turn.next();
    done.push(name);
  }
  turn.end();
}

test('while records of an earlier page arrive, a later page waits', async () => {
  const turns = new PagePriority();
  const done: string[] = [];
  const [first, second, third] = [turns.join(), turns.join(), turns.join()];
  await Promise.all([
    work(third, 'third', 3, done),
    work(second, 'second', 3, done),
    work(first, 'first', 3, done),
  ]);
  assert.equal(done.join(' '), 'first first first second second second third third third');
});

test('a later page continues while the earlier one waits for its source, and waits again after that', async () => {
  const turns = new PagePriority();
  const done: string[] = [];
  const [first, second] = [turns.join(), turns.join()];
  await first.next();
  const arrival = Promise.withResolvers<void>();
  const earlier = arrival.promise.then(() => work(first, 'first', 3, done));
  await second.next();
  done.push('second');
  arrival.resolve();
  await Promise.all([earlier, work(second, 'second', 2, done)]);
  assert.equal(done.join(' '), 'second first first first second second');
});

test('a page that has ended makes no other page wait, no matter how it ended', async () => {
  const turns = new PagePriority();
  const [first, second] = [turns.join(), turns.join()];
  await first.next();
  first.end();
  first.end();
  const third = turns.join();
  await second.next();
  second.end();
  await third.next();
});
