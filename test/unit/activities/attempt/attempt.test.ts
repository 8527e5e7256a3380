import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { attempt, type Beat } from '../../../../activities/attempt/attempt.ts';
import { SourceContractError, SourceUnavailableError } from '../../../../contracts/errors.ts';
import { failureInterceptor } from '../../../../worker/failure-interceptor.ts';

const reset = () => new SourceUnavailableError('reset');
const html = () => new SourceContractError('an HTML page');
const bug = () => new TypeError('x is undefined');

/** Runs attempts one after the other; each gets the heartbeat details of the one before. */
async function failWith(
  errors: readonly (() => Error)[],
  before: (beat: Beat) => void = () => undefined,
): Promise<{ failures: ApplicationFailure[]; left: unknown }> {
  let left: unknown = null;
  const failures: ApplicationFailure[] = [];
  for (const [index, toError] of errors.entries()) {
    const environment = new MockActivityEnvironment(
      { attempt: index + 1, heartbeatDetails: left, startToCloseTimeoutMs: 60_000 },
      {
        logger: new DefaultLogger('ERROR', () => undefined),
        interceptors: [failureInterceptor((text) => text)],
      },
    );
    environment.on('heartbeat', (details: unknown) => {
      left = JSON.parse(JSON.stringify(details)) as unknown;
    });
    const failing = environment.run(() =>
      attempt(async (_signal, beat) => {
        before(beat);
        throw toError();
      }),
    );
    await failing.catch((error: ApplicationFailure) => failures.push(error));
  }
  return { failures, left };
}

for (const [what, errors, final] of [
  ['one broken answer after many resets', [...Array<typeof reset>(20).fill(reset), html], []],
  ['five broken answers between resets', [html, reset, html, reset, html, html, reset, html], [7]],
  ['resets for ever', Array<typeof reset>(50).fill(reset), []],
  ['a bug, five times', [bug, bug, html, bug, bug, bug], [5]],
] as const) {
  test(`${what}: the run ${final.length === 0 ? 'goes on' : `fails at attempt ${final[0] + 1}`}`, async () => {
    const { failures } = await failWith(errors);
    assert.deepEqual(
      failures.flatMap(({ nonRetryable }, index) => (nonRetryable === true ? [index] : [])),
      final,
    );
  });
}

test('the counts of failed attempts do not remove the progress that an attempt leaves to the next one', async () => {
  const { left } = await failWith([reset, html], (beat) => {
    beat.send({ pageSize: (beat.last?.pageSize ?? 100) / 2 });
  });
  assert.deepEqual(left, { pageSize: 25, failures: { SourceUnavailable: 1, SourceContract: 1 } });
});
