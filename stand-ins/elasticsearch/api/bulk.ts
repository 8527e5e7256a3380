import { type estypes } from '@elastic/elasticsearch';

import { illegalArgument, invalidRequest, parseFailure } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { refusedItems } from '../sim/faults.ts';
import { parseTimeMs } from '../text/time.ts';
import { MISSING_INDEX, parseBulk } from '../write/bulk-lines.ts';
import { faultsOf, type Operation } from '../write/operation.ts';
import { applyRefresh, refreshPolicy } from '../write/refresh.ts';
import { failure, type Outcome, Writer } from '../write/writer.ts';
import { type Call, type Route } from './call.ts';

const NEWLINE = 0x0a;

/** `_bulk`: a request that can be read is answered 200, whatever became of its items. */
export const bulkRoutes: readonly Route[] = [
  {
    api: 'bulk',
    methods: ['POST', 'PUT'],
    paths: ['/_bulk', '/{index}/_bulk'],
    parameters: [
      '_source',
      '_source_excludes',
      '_source_includes',
      'list_executed_pipelines',
      'pipeline',
      'refresh',
      'require_alias',
      'require_data_stream',
      'routing',
      'timeout',
      'wait_for_active_shards',
    ],
    handle: bulk,
  },
];

async function bulk(call: Call): Promise<Answer> {
  const startedMs = performance.now();
  const { cluster, parameters } = call;
  const { bytes } = call.body;
  if (bytes.length === 0) throw parseFailure('request body is required');
  if (bytes.at(-1) !== NEWLINE) {
    throw illegalArgument('The bulk request must be terminated by a newline [\\n]');
  }
  const policy = refreshPolicy(call.parameters.text('refresh'));
  parseTimeMs('timeout', parameters.text('timeout') ?? '1m');
  const operations = parseBulk(bytes, {
    index: call.parts['index'] ?? null,
    routing: parameters.text('routing') ?? null,
    requireAlias: parameters.flag('require_alias'),
    requireDataStream: parameters.flag('require_data_stream'),
  });
  checkAll(operations);
  const writer = new Writer(cluster, {
    pipeline: parameters.text('pipeline') ?? null,
    listPipelines: parameters.flag('list_executed_pipelines'),
    forcedRefresh: policy === 'true',
    single: false,
    updatedSource:
      parameters.text('_source') !== undefined && parameters.text('_source') !== 'false',
  });
  const refused = refusedItems(call.faults, operations);
  const items: Record<string, unknown>[] = [];
  let errors = false;
  for (const [place, operation] of operations.entries()) {
    const refusal = refused.get(place);
    const outcome =
      refusal === undefined
        ? writer.write(operation)
        : failure(operation.target, operation.id, refusal);
    errors ||= outcome.error !== null;
    cluster.counters.item(resultOf(outcome));
    items.push({ [operation.action]: { ...outcome.body, status: outcome.status } });
  }
  await applyRefresh(policy, writer.touched, call.signal);
  const body = {
    errors,
    took: Math.round(performance.now() - startedMs),
    ...(writer.ingested ? { ingest_took: 0 } : {}),
    items: items as Partial<Record<estypes.BulkOperationType, estypes.BulkResponseItem>>[],
  } satisfies estypes.BulkResponse;
  return { status: 200, body };
}

/** What is wrong with the operations by themselves refuses the whole request. */
function checkAll(operations: readonly Operation[]): void {
  if (operations.length === 0) throw invalidRequest('no requests added');
  const faults = operations.flatMap((operation) => [
    ...(operation.target === MISSING_INDEX ? ['index is missing'] : []),
    ...faultsOf(operation),
  ]);
  if (faults.length > 0) throw invalidRequest(...faults);
}

function resultOf(outcome: Outcome): Parameters<Call['cluster']['counters']['item']>[0] {
  if (outcome.error !== null) return outcome.status === 409 ? 'conflict' : 'rejected';
  return outcome.body['result'] as 'created';
}
