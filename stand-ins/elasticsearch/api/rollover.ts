import { type estypes } from '@elastic/elasticsearch';

import { illegalArgument, refuseUnknownFields, resourceNotFound } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { backingIndexName, rollOver } from '../state/create.ts';
import { type Call, ok, type Route } from './call.ts';

/** `_rollover` of data streams: a new write index, at once or (lazy) with the next write. */
export const rolloverRoutes: readonly Route[] = [
  {
    api: 'rollover',
    methods: ['POST'],
    paths: ['/{index}/_rollover'],
    parameters: ['dry_run', 'lazy'],
    handle: rollover,
  },
];

function rollover({ body, cluster, parameters, parts }: Call): Answer {
  const { index: name = '' } = parts;
  refuseUnknownFields('rollover', body.optionalObject(), []);
  const stream = cluster.streams.get(name);
  if (stream === undefined) {
    if (!cluster.indices.has(name))
      throw resourceNotFound(`rollover target [${name}] does not exist`);
    throw illegalArgument(
      'rollover target is a [concrete index] but one of [alias,data_stream] was expected',
    );
  }
  const lazy = parameters.flag('lazy');
  const dryRun = parameters.flag('dry_run');
  const oldIndex = stream.indices.at(-1)?.name ?? '';
  const newIndex = backingIndexName(cluster, stream.name, stream.generation + 1);
  const rolledOver = !dryRun && !lazy;
  if (rolledOver) rollOver(cluster, stream);
  if (lazy && !dryRun) stream.rolloverOnWrite = true;
  return ok({
    acknowledged: !dryRun,
    shards_acknowledged: rolledOver,
    old_index: oldIndex,
    new_index: newIndex,
    rolled_over: rolledOver,
    dry_run: dryRun,
    lazy,
    conditions: {},
  } satisfies estypes.IndicesRolloverResponse & { lazy: boolean });
}
