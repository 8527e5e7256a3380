import { ApplicationFailure } from '@temporalio/workflow';
import type { FailureType } from '../contracts/failures.ts';

/**
 * Stands for what a workflow was sent and nobody can read, such as the argument of a client behind a codec.
 * To throw where it is decoded would fail the workflow's task, and the task is tried again for ever: no signal,
 * no cancellation and no result would get through any more.
 */
export class Undecodable {
  /** As its sender calls it; `null`: not at all. */
  readonly encoding: string | null;

  constructor(encoding: string | null) {
    this.encoding = encoding;
  }
}

/**
 * @param what that was sent: `the input`
 * @throws {ApplicationFailure} where it cannot be decoded
 */
export function requireDecoded(what: string, value: unknown, type: FailureType): void {
  if (!(value instanceof Undecodable)) return;
  const encoding = value.encoding === null ? 'without an encoding' : `encoding ${value.encoding}`;
  throw ApplicationFailure.nonRetryable(
    `${what} cannot be decoded (${encoding}): send it as JSON, encoding json/plain, without a codec`,
    type,
  );
}
