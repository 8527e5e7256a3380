import type { estypes } from '@elastic/elasticsearch';
import {
  SinkBusyError,
  SinkMisconfiguredError,
  SinkOverloadedError,
  SinkUnauthorizedError,
} from '../errors.ts';

/** What is to be done with a document after its item of a bulk answer. */
export type ItemOutcome =
  | { kind: 'created' }
  /** The same `_id` is in the write index already. */
  | { kind: 'conflict' }
  /** Elasticsearch refuses the document whatever is done. */
  | { kind: 'rejected'; reason: string }
  /** Elasticsearch asks for patience; the document may be sent again. */
  | { kind: 'again'; error: Error }
  /** What is wrong meets every document: nothing is gained by going on. */
  | { kind: 'failed'; error: Error };

/**
 * Errors for which the document itself is to blame. Any other refusal, a closed index among them, meets the
 * next document as well and is no reason to leave one out.
 */
const DOCUMENT_FAULTS: ReadonlySet<string> = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception', // its older name
  'strict_dynamic_mapping_exception',
  'illegal_argument_exception', // an immense term, too many fields
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
 * | 429                   | rejected execution, circuit breaker, disk     | `again`    |
 * | 500, 503              | a shard or the cluster's state is not there   | `again`    |
 * | 400                   | the four of {@link DOCUMENT_FAULTS}           | `rejected` |
 * | 401, 403              | `security_exception`                          | `failed`   |
 * | 403                   | `cluster_block_exception`: read-only          | `failed`   |
 * | 404                   | `index_not_found_exception`: no template      | `failed`   |
 * | any other             |                                               | `failed`   |
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
  const message = `${what}: ${status} ${type}`;
  if (status === 201) {
    // the failure store took what the mapping or a pipeline refused, and says "created"
    return item.failure_store === 'used'
      ? { kind: 'rejected', reason: 'Elasticsearch put it into the failure store' }
      : { kind: 'created' };
  }
  if (status === 409) return { kind: 'conflict' };
  if (status === 429) return { kind: 'again', error: new SinkOverloadedError(message, null) };
  if (status >= 500) return { kind: 'again', error: new SinkBusyError(message) };
  if (DOCUMENT_FAULTS.has(type)) return { kind: 'rejected', reason: `${status} ${type}` };
  const denied = status === 401 || (status === 403 && type !== 'cluster_block_exception');
  return {
    kind: 'failed',
    error: denied ? new SinkUnauthorizedError(message) : new SinkMisconfiguredError(message),
  };
}
