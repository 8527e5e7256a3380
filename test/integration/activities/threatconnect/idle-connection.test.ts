import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceUnavailableError } from '../../../../contracts/errors.ts';
import { ask, errorOf, SUCCESS, withSource, type Answerer } from './tiny-source.ts';

/** Closes the connection for the requests of these numbers, without a byte. */
function breaking(...numbers: number[]): Answerer {
  return (response, request, number) => {
    if (numbers.includes(number)) request.socket.resetAndDestroy();
    else response.end(SUCCESS);
  };
}

test('an idle connection that ended costs no attempt: the request is sent again at once', async () => {
  await withSource(breaking(2), async (http, asked) => {
    await ask(http);
    await ask(http);
    assert.equal(asked(), 3);
  });
});

test('a request whose connection breaks a second time is not sent again at once, because it may be the cause', async () => {
  await withSource(breaking(2, 3), async (http, asked) => {
    await ask(http);
    const error = await errorOf(ask(http));
    assert.ok(error instanceof SourceUnavailableError && error.mayBeWeight);
    assert.equal(asked(), 3);
  });
});
