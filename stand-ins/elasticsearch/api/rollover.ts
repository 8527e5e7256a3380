import { type estypes } from '@elastic/elasticsearch';

import { illegalArgument, notInStandIn, refuseUnknownFields, resourceNotFound } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { isObject } from '../json/exact.ts';
import { isMet } from '../lifecycle/conditions.ts';
import { type Cluster, type DataStream } from '../state/cluster.ts';
import { backingIndexName, rollOver } from '../state/create.ts';
import { isAlias } from '../state/names.ts';
import { type Call, ok, type Route } from './call.ts';

/** `_rollover` of data streams: a new write index, at once or (lazy) with the next write. */
export const rolloverRoutes: readonly Route[] = [
  {
    api: 'rollover',
    methods: ['POST'],
    paths: ['/{index}/_rollover', '/{index}/_rollover/{new_index}'],
    parameters: ['dry_run', 'lazy', 'master_timeout', 'timeout', 'wait_for_active_shards'],
    handle: rollover,
  },
];

const FIELDS = ['aliases', 'conditions', 'mappings', 'settings'];
const CONDITIONS = [
  'max_age',
  'max_docs',
  'max_primary_shard_docs',
  'max_primary_shard_size',
  'max_size',
  'min_age',
  'min_docs',
  'min_primary_shard_docs',
  'min_primary_shard_size',
  'min_size',
];

function rollover(call: Call): Answer {
  const { index: name = '', new_index: newIndex } = call.parts;
  const { cluster, parameters } = call;
  const conditions = parseConditions(call);
  const stream = findStream(cluster, name);
  if (newIndex !== undefined) {
    throw illegalArgument('new index name may not be specified when rolling over a data stream');
  }
  const lazy = parameters.flag('lazy');
  const dryRun = parameters.flag('dry_run');
  if (lazy && conditions.length > 0) {
    throw illegalArgument(
      "Lazy rollover can be used only without any conditions. Please remove the conditions from the request body or the query parameter 'lazy'.",
    );
  }
  const old = stream.indices.at(-1);
  const met = conditions.map(
    ([condition, value]) =>
      old !== undefined && isMet(old, cluster.clock.nowMs(), condition, value),
  );
  const due = conditions.length === 0 || met.includes(true);
  const newName = backingIndexName(cluster, stream.name, stream.generation + 1);
  const rolledOver = due && !dryRun && !lazy;
  if (rolledOver) rollOver(cluster, stream);
  if (lazy && !dryRun) stream.rolloverOnWrite = true;
  return ok({
    acknowledged: (rolledOver || lazy) && !dryRun,
    shards_acknowledged: rolledOver,
    old_index: old?.name ?? '',
    new_index: newName,
    rolled_over: rolledOver,
    dry_run: dryRun,
    lazy,
    conditions: Object.fromEntries(
      conditions.map(([condition, value], place) => [
        `[${condition}: ${value}]`,
        met[place] ?? false,
      ]),
    ),
  } satisfies estypes.IndicesRolloverResponse & { lazy: boolean });
}

function parseConditions(call: Call): [string, string][] {
  const body = call.body.optionalObject();
  refuseUnknownFields('rollover', body, FIELDS);
  const { conditions } = body;
  if (!isObject(conditions)) return [];
  refuseUnknownFields('rollover_conditions', conditions, CONDITIONS);
  return Object.entries(conditions).map(([name, value]) => [name, String(value)]);
}

function findStream(cluster: Cluster, name: string): DataStream {
  const stream = cluster.streams.get(name);
  if (stream !== undefined) return stream;
  if (cluster.indices.has(name)) {
    throw illegalArgument(
      'rollover target is a [concrete index] but one of [alias,data_stream] was expected',
    );
  }
  if (isAlias(cluster, name)) throw notInStandIn('the rollover of an alias');
  throw resourceNotFound(`rollover target [${name}] does not exist`);
}
