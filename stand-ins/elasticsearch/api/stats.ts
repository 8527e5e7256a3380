import { type Answer } from '../http/router.ts';
import { type JsonObject } from '../json/exact.ts';
import { resolveNames } from '../state/names.ts';
import { type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

/** `_stats` of indices: documents and size of the primary shards. */
export const statsRoutes: readonly Route[] = [
  {
    api: 'stats',
    methods: ['GET'],
    paths: ['/{index}/_stats', '/{index}/_stats/{metric}'],
    parameters: NAME_PARAMETERS,
    handle: stats,
  },
];

function stats(call: Call): Answer {
  const { cluster, parameters } = call;
  const indices: JsonObject = {};
  for (const index of resolveNames(cluster, namesOf(call, 'index'), toNameOptions(parameters))) {
    const { liveCount, liveBytes } = index.documents;
    indices[index.name] = {
      uuid: index.uuid,
      primaries: {
        docs: { count: liveCount, deleted: 0 },
        store: { size_in_bytes: liveBytes },
      },
    };
  }
  return ok({ indices });
}
