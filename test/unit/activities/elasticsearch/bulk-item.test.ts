import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sortItem } from '../../../../activities/elasticsearch/bulk-item.ts';

const WHAT = 'POST logs-x/_bulk';

for (const [status, type, extra, kind, error] of [
  [201, null, {}, 'created', null],
  [201, null, { failure_store: 'not_applicable_or_unknown' }, 'created', null],
  [201, null, { failure_store: 'used' }, 'rejected', null],
  [409, 'version_conflict_engine_exception', {}, 'conflict', null],
  [429, 'es_rejected_execution_exception', {}, 'busy', 'SinkOverloadedError'],
  [429, 'circuit_breaking_exception', {}, 'busy', 'SinkOverloadedError'],
  [429, 'cluster_block_exception', {}, 'busy', 'SinkOverloadedError'], // flood stage of the disk
  [503, 'unavailable_shards_exception', {}, 'busy', 'SinkUnavailableError'],
  [503, 'process_cluster_event_timeout_exception', {}, 'busy', 'SinkUnavailableError'],
  [400, 'document_parsing_exception', { failure_store: 'not_enabled' }, 'rejected', null],
  [400, 'mapper_parsing_exception', {}, 'rejected', null],
  [400, 'strict_dynamic_mapping_exception', {}, 'rejected', null],
  [400, 'illegal_argument_exception', {}, 'doubtful', 'SinkMisconfiguredError'],
  [400, 'index_closed_exception', {}, 'doubtful', 'SinkMisconfiguredError'],
  [400, 'never_seen_exception', {}, 'doubtful', 'SinkMisconfiguredError'],
  [401, 'security_exception', {}, 'doubtful', 'SinkUnauthorizedError'],
  [403, 'security_exception', {}, 'doubtful', 'SinkUnauthorizedError'],
  [403, 'cluster_block_exception', {}, 'doubtful', 'SinkMisconfiguredError'], // read-only
  [404, 'index_not_found_exception', {}, 'doubtful', 'SinkMisconfiguredError'],
  [500, 'i_o_exception', {}, 'doubtful', 'SinkUnavailableError'],
  [502, null, {}, 'doubtful', 'SinkUnavailableError'],
  [200, null, {}, 'doubtful', 'SinkMisconfiguredError'], // no answer to `create`
] as const) {
  test(`an item answered ${status} ${type ?? JSON.stringify(extra)} is ${kind}`, () => {
    const outcome = sortItem(WHAT, {
      status,
      ...extra,
      ...(type === null ? {} : { error: { type } }),
    });
    assert.equal(outcome.kind, kind);
    if (error !== null) {
      assert.ok('error' in outcome);
      assert.equal(outcome.error.name, error);
      assert.ok(outcome.error.message.startsWith(`${WHAT}: ${status}`));
    }
  });
}
