import { ApplicationFailure } from '@temporalio/workflow';
import type { FailureType } from '../contracts/failures.ts';

/**
 * Stands for a value that was sent to a workflow and cannot be decoded, such as the argument of a client behind a
 * codec. An exception during decoding would fail the workflow task, and Temporal would retry the task for ever: no
 * signal, no cancellation and no result would get through any more.
 */
export class Undecodable {
  /** The encoding that the sender names; `null` if it names none. */
  readonly encoding: string | null;

  constructor(encoding: string | null) {
    this.encoding = encoding;
  }
}

/**
 * @param what name of the value: `the input`
 * @throws {ApplicationFailure} if it cannot be decoded
 */
export function requireDecoded(what: string, value: unknown, type: FailureType): void {
  if (!(value instanceof Undecodable)) return;
  const encoding = value.encoding === null ? 'without an encoding' : `encoding ${value.encoding}`;
  throw ApplicationFailure.nonRetryable(
    `${what} cannot be decoded (${encoding}): send it as JSON, encoding json/plain, without a codec`,
    type,
  );
}
