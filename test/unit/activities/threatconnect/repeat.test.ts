import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  SourceContractError,
  SourceTooSlowError,
  SourceUnavailableError,
} from '../../../../contracts/errors.ts';
import { repeated } from '../../../../activities/threatconnect/repeat.ts';

const SIGNAL = new AbortController().signal;

/** Fails with each error in turn, then answers. */
function failing(...errors: Error[]) {
  const waits: number[] = [];
  let asked = 0;
  const answer = repeated(
    async () => {
      const error = errors[asked];
      asked += 1;
      if (error !== undefined) throw error;
      return 'answer';
    },
    { sleep: async (ms) => void waits.push(ms), random: () => 0 },
    SIGNAL,
  );
  return { answer, waits, asked: () => asked };
}

test('a small request is tried four times, with longer and longer waits', async () => {
  const { answer, waits } = failing(
    new SourceUnavailableError('502'),
    new SourceTooSlowError('slow'),
    new SourceUnavailableError('reset'),
  );
  assert.equal(await answer, 'answer');
  assert.deepEqual(waits, [250, 500, 1_000]);
});

test('after the fourth failure Temporal repeats the attempt', async () => {
  const { answer } = failing(...Array.from({ length: 4 }, () => new SourceUnavailableError('502')));
  await assert.rejects(answer, SourceUnavailableError);
});

for (const [what, error] of [
  ['that asks for a pause', new SourceUnavailableError('503', 5_000)],
  ['that breaks the contract', new SourceContractError('no JSON')],
] as const) {
  test(`a source ${what} gets no second request at once`, async () => {
    const { answer, asked } = failing(error);
    await assert.rejects(answer, error);
    assert.equal(asked(), 1);
  });
}
