import { type estypes } from '@elastic/elasticsearch';

import { illegalArgument, invalidRequest, parseFailure } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { refusedItems } from '../sim/faults.ts';
import { MISSING_INDEX, parseBulk } from '../write/bulk-lines.ts';
import { faultsOf, type Operation } from '../write/operation.ts';
import { failure, type Outcome, Writer } from '../write/writer.ts';
import { denialOfWrite, newFieldsOf } from '../security/authorize.ts';
import { type Call, type Route } from './call.ts';

const NEWLINE = 0x0a;

/** `_bulk`: the answer to a readable request is 200, also if items are refused. */
export const bulkRoutes: readonly Route[] = [
  {
    api: 'bulk',
    methods: ['POST'],
    paths: ['/_bulk', '/{index}/_bulk'],
    parameters: ['pipeline', 'refresh', 'require_data_stream'],
    handle: bulk,
  },
];

function bulk(call: Call): Answer {
  const startedMs = performance.now();
  const { cluster, parameters } = call;
  const { bytes } = call.body;
  if (bytes.length === 0) throw parseFailure('request body is required');
  if (bytes.at(-1) !== NEWLINE) {
    throw illegalArgument('The bulk request must be terminated by a newline [\\n]');
  }
  const forcedRefresh = parameters.flag('refresh');
  const operations = parseBulk(bytes, {
    index: call.parts['index'] ?? null,
    requireDataStream: parameters.flag('require_data_stream'),
  });
  checkAll(operations);
  const writer = new Writer(cluster, {
    pipeline: parameters.text('pipeline') ?? null,
    forcedRefresh,
    onNewFields: newFieldsOf(call),
  });
  const refused = refusedItems(call.faults, operations);
  const items: Record<string, unknown>[] = [];
  let errors = false;
  for (const [place, operation] of operations.entries()) {
    const refusal = refused.get(place) ?? denialOfWrite(call, operation);
    const outcome =
      refusal === null ? writer.write(operation) : failure(operation.target, operation.id, refusal);
    errors ||= outcome.error !== null;
    cluster.counters.item(resultOf(outcome));
    items.push({ [operation.action]: { ...outcome.body, status: outcome.status } });
  }
  if (forcedRefresh) for (const index of writer.touched) index.refresh();
  const body = {
    errors,
    took: Math.round(performance.now() - startedMs),
    items: items as Partial<Record<estypes.BulkOperationType, estypes.BulkResponseItem>>[],
  } satisfies estypes.BulkResponse;
  return { status: 200, body };
}

/** A fault of one operation that can be seen without the index refuses the whole request. */
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
