import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceUnavailableError } from '../../../../contracts/errors.ts';
import { ask, errorOf, SUCCESS, withSource, type Answerer } from './tiny-source.ts';

/** Answers the requests of these numbers by closing the connection, without a byte. */
function breaking(...numbers: number[]): Answerer {
  return (response, request, number) => {
    if (numbers.includes(number)) request.socket.resetAndDestroy();
    else response.end(SUCCESS);
  };
}

test('a connection that ended while it was idle costs no attempt: the request goes out again at once', async () => {
  await withSource(breaking(2), async (http, asked) => {
    await ask(http);
    await ask(http);
    assert.equal(asked(), 3);
  });
});

test('a request that breaks a second time is not asked again at once: it may be the reason', async () => {
  await withSource(breaking(2, 3), async (http, asked) => {
    await ask(http);
    const error = await errorOf(ask(http));
    assert.ok(error instanceof SourceUnavailableError && error.mayBeWeight);
    assert.equal(asked(), 3);
  });
});
