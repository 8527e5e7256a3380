import { illegalArgument, invalidRequest, refuseUnknownFields } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { resolveNames } from '../state/names.ts';
import { parseTimeMs } from '../text/time.ts';
import { type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

/** `_pit`: views that do not change while documents change. */
export const pointInTimeRoutes: readonly Route[] = [
  {
    api: 'pit',
    methods: ['POST'],
    paths: ['/{index}/_pit'],
    parameters: [...NAME_PARAMETERS, 'keep_alive'],
    handle: open,
  },
  { api: 'pit', methods: ['DELETE'], paths: ['/_pit'], parameters: [], handle: close },
];

function open(call: Call): Answer {
  const { body, cluster, parameters } = call;
  refuseUnknownFields('open_point_in_time_request', body.optionalObject(), []);
  const keepAlive = parameters.text('keep_alive');
  if (keepAlive === undefined) throw invalidRequest('[keep_alive] is not specified');
  const keepAliveMs = parseTimeMs('keep_alive', keepAlive);
  const indices = resolveNames(cluster, namesOf(call, 'index'), toNameOptions(parameters));
  for (const index of indices) index.settle();
  const total = indices.length;
  return ok({
    id: cluster.pointsInTime.open(indices, keepAliveMs, cluster.clock.nowMs()),
    _shards: { total, successful: total, skipped: 0, failed: 0 },
  });
}

function close({ body, cluster }: Call): Answer {
  const given = body.object();
  refuseUnknownFields('close_point_in_time_request', given, ['id']);
  const { id } = given;
  if (typeof id !== 'string') throw illegalArgument('search context id is is not provided');
  const freed = cluster.pointsInTime.close(id, cluster.clock.nowMs());
  return { status: freed > 0 ? 200 : 404, body: { succeeded: freed > 0, num_freed: freed } };
}
