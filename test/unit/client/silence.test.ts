import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Silence } from '../../../client/silence.ts';
import type { Wait } from '../../../client/waiting-for.ts';

const NO_WORKER = { sentence: 'no worker takes openWindow', key: '1', isTrouble: true };
const PAGE = { sentence: 'syncPage is running', key: '2', isTrouble: false };

/** Calls it like the command, with an immediate answer. */
function broken(silence: Silence, wait: Wait | null, pages: number | null, ms: number) {
  return silence.broken(wait, pages, ms, ms);
}

test('the command says once, within two seconds, what a run waits for, and later that it continues', () => {
  const silence = new Silence();
  assert.equal(broken(silence, NO_WORKER, null, 0), null);
  assert.equal(broken(silence, NO_WORKER, null, 1_500), 'waiting: no worker takes openWindow');
  assert.equal(broken(silence, NO_WORKER, null, 60_000), null);
  assert.equal(broken(silence, PAGE, 0, 61_000), 'continuing');
  assert.equal(broken(silence, NO_WORKER, 0, 62_000), null);
  assert.equal(broken(silence, NO_WORKER, 0, 63_500), 'waiting: no worker takes openWindow');
});

test('the command also reports a slow opening of the window before the first page', () => {
  const silence = new Silence();
  const opening = { sentence: 'openWindow is running', key: '3', isTrouble: false };
  broken(silence, opening, null, 0);
  assert.equal(broken(silence, opening, null, 1_500), 'waiting: openWindow is running');
  assert.equal(broken(silence, null, 0, 2_000), null);
});

test('while a run moves, only the bar reports it, unless nothing moves for ten seconds', () => {
  const silence = new Silence();
  let said = 0;
  for (let page = 1; page <= 20; page += 1) {
    for (const ms of [0, 2_000, 4_000]) {
      if (broken(silence, PAGE, page, page * 6_000 + ms) !== null) said += 1;
    }
  }
  assert.equal(said, 0);
  assert.equal(broken(silence, PAGE, 20, 129_000), null);
  assert.equal(broken(silence, PAGE, 20, 131_000), 'waiting: syncPage is running');
});

test('a fault that passes within a second is not reported', () => {
  const silence = new Silence();
  assert.equal(broken(silence, NO_WORKER, 1, 0), null);
  assert.equal(broken(silence, null, 1, 500), null);
  assert.equal(broken(silence, NO_WORKER, 1, 1_200), null);
});

test('a run whose steps follow each other does not count as waiting', () => {
  const silence = new Silence();
  for (let step = 0; step < 10; step += 1) {
    const wait = { ...NO_WORKER, key: String(step) };
    assert.equal(broken(silence, wait, 1, step * 1_500), null);
  }
});

test('if Temporal gives no answer in a second, the command says so at once', () => {
  const silence = new Silence();
  const away = { sentence: 'Temporal does not answer', key: 'away', isTrouble: true };
  assert.equal(silence.broken(away, 5, 0, 1_000), 'waiting: Temporal does not answer');
});
