import type { estypes } from '@elastic/elasticsearch';
import {
  SinkBusyError,
  SinkMisconfiguredError,
  SinkOverloadedError,
  SinkUnavailableError,
} from '../../contracts/errors.ts';
import { toDenial } from './sink-error.ts';

/** What is to be done with a document after its item of a bulk answer. */
export type ItemOutcome =
  | { kind: 'created' }
  /** The same `_id` is in the write index already. */
  | { kind: 'conflict' }
  /** Elasticsearch refuses the document whatever is done. */
  | { kind: 'rejected'; reason: string }
  | Refusal;

/** A document was not taken, and what is to be done is not said by that alone. */
export type Refusal = {
  /**
   * `busy`: Elasticsearch asks for patience, and it is no fault of the document · `doubtful`: the document is at
   * fault only if others are taken meanwhile.
   */
  kind: 'busy' | 'doubtful';
  /** What the attempt fails with if the document is not at fault. */
  error: Error;
  /** Why the document is set aside if it is at fault. */
  reason: string;
  /** Asking again later may give another answer. */
  mayPass: boolean;
};

/** Elasticsearch has read the document and cannot map it: only the document is to blame. */
const DOCUMENT_FAULTS: ReadonlySet<string> = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception', // its older name
  'strict_dynamic_mapping_exception',
]);

/**
 * Sorts one item by what it says. Elasticsearch's own words may quote a document's values, so only the type
 * of its error is told.
 *
 * | status                | type                                          | outcome    |
 * | --------------------- | --------------------------------------------- | ---------- |
 * | 201                   |                                               | `created`  |
 * | 201 and failure store |                                               | `rejected` |
 * | 409                   | `version_conflict_engine_exception`           | `conflict` |
 * | 429                   | rejected execution, circuit breaker, disk     | `busy`     |
 * | 503                   | a shard or the cluster's state is not there   | `busy`     |
 * | 400                   | the three of {@link DOCUMENT_FAULTS}          | `rejected` |
 * | any other             |                                               | `doubtful` |
 *
 * `illegal_argument_exception` is doubtful: it is an immense term or too many fields of one document, but also a
 * pipeline that is missing, which meets every document. A 503 is never held against a document: of several shards one may be away, and the others take theirs.
 *
 * @param what for the message: `POST logs-…/_bulk`
 */
export function sortItem(
  what: string,
  item: Pick<estypes.BulkResponseItem, 'status' | 'failure_store'> & {
    error?: { type?: string };
  },
): ItemOutcome {
  const { status } = item;
  const type = item.error?.type ?? '(no reason given)';
  const reason = `${status} ${type}`;
  const message = `${what}: ${reason}`;
  if (status === 201) {
    // the failure store took what the mapping or a pipeline refused, and says "created"
    return item.failure_store === 'used'
      ? { kind: 'rejected', reason: 'Elasticsearch put it into the failure store' }
      : { kind: 'created' };
  }
  if (status === 409) return { kind: 'conflict' };
  if (status === 400 && DOCUMENT_FAULTS.has(type)) return { kind: 'rejected', reason };
  const refusal = { reason, mayPass: status >= 500 };
  if (status === 429) {
    return { ...refusal, kind: 'busy', error: new SinkOverloadedError(message, null) };
  }
  if (status === 503) return { ...refusal, kind: 'busy', error: new SinkBusyError(message) };
  if (status >= 500) {
    return { ...refusal, kind: 'doubtful', error: new SinkUnavailableError(message) };
  }
  const error = toDenial(status, type, message) ?? new SinkMisconfiguredError(message);
  return { ...refusal, kind: 'doubtful', error };
}
