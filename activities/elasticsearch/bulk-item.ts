import type { estypes } from '@elastic/elasticsearch';
import {
  SinkBusyError,
  SinkMisconfiguredError,
  SinkUnavailableError,
} from '../../contracts/errors.ts';
import { overloaded, toDenial } from './sink-error.ts';

/** The outcome of a document, by its item of a bulk answer. */
export type ItemOutcome =
  | { kind: 'created' }
  /** A document with the same `_id` is in the write index already. */
  | { kind: 'conflict' }
  /** Elasticsearch refuses the document for good. */
  | { kind: 'rejected'; reason: string }
  | Refusal;

/** A document was refused, and the item alone does not tell what must be done. */
export type Refusal = {
  /**
   * `busy`: Elasticsearch asks to wait, and the document is not at fault · `doubtful`: the document is at fault only if
   * other documents are accepted meanwhile.
   */
  kind: 'busy' | 'doubtful';
  /** Error with which the attempt fails if the document is not at fault. */
  error: Error;
  /** Reason for which the document is set aside if it is at fault. */
  reason: string;
  /** True if a later attempt may get another answer. */
  mayPass: boolean;
};

/** Elasticsearch has read the document and cannot map it: only the document can be at fault. */
const DOCUMENT_FAULTS: ReadonlySet<string> = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception', // the older name of document_parsing_exception
  'strict_dynamic_mapping_exception',
]);

/**
 * Sorts one item by its status and error type. The error's reason may quote a document's values, so only its type is
 * reported.
 *
 * | status                | type                                          | outcome    |
 * | --------------------- | --------------------------------------------- | ---------- |
 * | 201                   |                                               | `created`  |
 * | 201 and failure store |                                               | `rejected` |
 * | 409                   | `version_conflict_engine_exception`           | `conflict` |
 * | 429                   | rejected execution, circuit breaker, disk     | `busy`     |
 * | 503                   | a shard or the cluster state is unavailable   | `busy`     |
 * | 400                   | the three of {@link DOCUMENT_FAULTS}          | `rejected` |
 * | any other             |                                               | `doubtful` |
 *
 * `illegal_argument_exception` is doubtful: its cause is an immense term or too many fields in one document, but also a
 * missing pipeline, which affects every document. A 503 is never held against a document: one of several shards may be
 * unavailable, while the others accept their documents.
 *
 * @param what request, for the message: `POST logs-…/_bulk`
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
    // the failure store accepts what the mapping or a pipeline refused, and the answer says "created"
    return item.failure_store === 'used'
      ? { kind: 'rejected', reason: 'Elasticsearch put it into the failure store' }
      : { kind: 'created' };
  }
  if (status === 409) return { kind: 'conflict' };
  if (status === 400 && DOCUMENT_FAULTS.has(type)) return { kind: 'rejected', reason };
  const refusal = { reason, mayPass: status >= 500 };
  if (status === 429) {
    return { ...refusal, kind: 'busy', error: overloaded(message, type, null) };
  }
  if (status === 503) return { ...refusal, kind: 'busy', error: new SinkBusyError(message) };
  if (status >= 500) {
    return { ...refusal, kind: 'doubtful', error: new SinkUnavailableError(message) };
  }
  const error = toDenial(status, type, message) ?? new SinkMisconfiguredError(message);
  return { ...refusal, kind: 'doubtful', error };
}
