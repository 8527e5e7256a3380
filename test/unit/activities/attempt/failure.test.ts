import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import * as fc from 'fast-check';
import * as errors from '../../../../contracts/errors.ts';
import { toFailure } from '../../../../activities/attempt/failure.ts';
import { FAILURE_TYPES } from '../../../../contracts/failures.ts';

const TIMES = [1, 4, 5, 100];
const asIs = (text: string) => text;

// the counts at which the failure is final
for (const [error, type, final] of [
  [new errors.SourceUnauthorizedError('m'), 'SourceUnauthorized', TIMES],
  [new errors.SourceForbiddenError('m'), 'SourceForbidden', TIMES],
  [new errors.SourceBadRequestError('m'), 'SourceBadRequest', TIMES],
  [new errors.SourceProxyRefusedError('m'), 'SourceProxyRefused', TIMES],
  [new errors.SourceRateLimitedError('m', null), 'SourceRateLimited', []],
  [new errors.SourceUnavailableError('m'), 'SourceUnavailable', []],
  [new errors.SourceTooSlowError('m'), 'SourceTooSlow', []],
  [new errors.SourceContractError('m'), 'SourceContract', [5, 100]],
  [new errors.SinkUnauthorizedError('m'), 'SinkUnauthorized', TIMES],
  [new errors.SinkUnavailableError('m'), 'SinkUnavailable', []],
  [new errors.SinkOverloadedError('m', null), 'SinkOverloaded', []],
  [new errors.SinkMisconfiguredError('m'), 'SinkMisconfigured', TIMES],
  [new errors.SinkTooLargeError('m'), 'SinkMisconfigured', TIMES],
  [new errors.TooManyRejectsError('m'), 'TooManyRejects', TIMES],
  [new errors.ConfigChangedError('m'), 'ConfigChanged', TIMES],
  [new errors.BadInputError('m'), 'BadInput', TIMES],
  [new errors.RunUnderWayError('m'), 'RunUnderWay', TIMES],
  [new DOMException('m', 'TimeoutError'), 'TimeoutError', []], // the attempt's deadline
] as const) {
  test(`${error.name} is ${type}, ${final.length === 0 ? 'always retried' : `final at times ${final.join(', ')}`}`, () => {
    const failures = TIMES.map((times) => toFailure(error, times, asIs));
    for (const failure of failures) {
      assert.deepEqual([failure.type, failure.message], [type, 'm']);
      assert.equal(failure.nextRetryDelay, undefined);
    }
    const finalAt = TIMES.filter((_times, index) => failures[index]?.nonRetryable === true);
    assert.deepEqual(finalAt, final);
  });
}

test('every class of error has a failure type, and every failure type a class', () => {
  const types = Object.values(errors).map((Class) => toFailure(construct(Class), 1, asIs).type);
  // a workflow fails with `BackfillIncomplete`, not an attempt
  const others = ['BackfillIncomplete', 'Unexpected'];
  assert.deepEqual(new Set([...types, ...others]), new Set(FAILURE_TYPES));
});

for (const [what, error, message] of [
  ['a bug', new TypeError('x is undefined'), 'TypeError: x is undefined'],
  ['a failed assertion', new assert.AssertionError({ message: 'a\n  b' }), 'AssertionError: a b'],
  ['a thrown text', 'plain words', 'Error: plain words'],
] as const) {
  test(`${what} is tried again and then ends the run as Unexpected, in one line`, () => {
    const failures = TIMES.map((times) => toFailure(error, times, asIs));
    for (const failure of failures) {
      assert.deepEqual([failure.type, failure.message], ['Unexpected', message]);
    }
    assert.deepEqual(
      failures.map(({ nonRetryable }) => nonRetryable),
      [false, false, true, true],
    );
  });
}

for (const [askedMs, delayMs] of [
  [-60_000, 1_000],
  [0, 1_000],
  [1_000, 1_000],
  [7_000, 7_000],
  [900_000, 900_000],
  [900_001, 900_000],
  [Number.POSITIVE_INFINITY, 900_000],
] as const) {
  test(`a requested delay of ${askedMs} ms becomes ${delayMs}, because 0 would end the retries`, () => {
    for (const error of [
      new errors.SourceRateLimitedError('m', askedMs),
      new errors.SourceUnavailableError('m', askedMs),
      new errors.SinkOverloadedError('m', askedMs),
    ]) {
      assert.equal(toFailure(error, 1, asIs).nextRetryDelay, delayMs);
    }
  });
}

test('no delay is ever below a second or above a quarter of an hour', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (askedMs) => {
      const failure = toFailure(new errors.SourceRateLimitedError('m', askedMs), 1, asIs);
      const delayMs = Number(failure.nextRetryDelay);
      assert.ok(delayMs >= 1_000 && delayMs <= 900_000, String(delayMs));
    }),
  );
});

test('back-pressure is benign until the fourth attempt', () => {
  for (const error of [
    new errors.SourceRateLimitedError('m', 1_000),
    new errors.SinkOverloadedError('m', null),
  ]) {
    const categories = [1, 2, 3, 4].map((times) => toFailure(error, times, asIs).category);
    const { BENIGN } = ApplicationFailureCategory;
    assert.deepEqual(
      categories.map((category) => category === BENIGN),
      [true, true, true, false],
    );
  }
});

test('other errors are never hidden as benign', () => {
  const failure = toFailure(new errors.SourceUnavailableError('m', 1_000), 1, asIs);
  assert.notEqual(failure.category, ApplicationFailureCategory.BENIGN);
});

test('a run that gives way to another one is no error of the systems', () => {
  const failure = toFailure(new errors.RunUnderWayError('m'), 1, asIs);
  assert.equal(failure.category, ApplicationFailureCategory.BENIGN);
});

test('an ApplicationFailure stays as it is', () => {
  const failure = ApplicationFailure.nonRetryable('m', 'TooManyRejects');
  assert.equal(toFailure(failure, 1, asIs), failure);
});

test('a long message is cut only after secrets are removed, so that no part of a secret is left', () => {
  const error = new errors.SourceBadRequestError(
    `${'x'.repeat(1_995)} s3cr3t ${'y'.repeat(9_000)}`,
  );
  const { message } = toFailure(error, 1, (text) => text.replace('s3cr3t', '[]'));
  assert.equal(message, `${'x'.repeat(1_995)} [] y…`);
});

function construct(Class: new (message: string, retryAfterMs: null) => Error): Error {
  return new Class('m', null);
}
