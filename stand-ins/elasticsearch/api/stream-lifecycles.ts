import { illegalArgument, notInStandIn, refuseUnknownFields } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { asText, type JsonObject } from '../json/exact.ts';
import { parseTimeMs } from '../text/time.ts';
import { shownLifecycle } from '../state/data-lifecycle.ts';
import { findStreams } from './data-streams.ts';
import { ACKNOWLEDGED, type Call, ok, type Route } from './call.ts';

const NAMES = ['expand_wildcards', 'include_defaults', 'master_timeout', 'timeout'];

/** `_data_stream/<name>/_lifecycle`: how long a data stream keeps its documents. */
export const streamLifecycleRoutes: readonly Route[] = [
  {
    api: 'data_stream',
    methods: ['GET'],
    paths: ['/_data_stream/{name}/_lifecycle'],
    parameters: NAMES,
    handle: get,
  },
  {
    api: 'data_stream',
    methods: ['PUT'],
    paths: ['/_data_stream/{name}/_lifecycle'],
    parameters: NAMES,
    handle: put,
  },
  {
    api: 'data_stream',
    methods: ['DELETE'],
    paths: ['/_data_stream/{name}/_lifecycle'],
    parameters: NAMES,
    handle: (call) => {
      for (const stream of findStreams(call, ['open'])) stream.lifecycle = null;
      return ACKNOWLEDGED;
    },
  },
];

function put(call: Call): Answer {
  const given = call.body.optionalObject();
  refuseUnknownFields('lifecycle', given, ['data_retention', 'downsampling', 'enabled']);
  const lifecycle = parseLifecycle(given);
  for (const stream of findStreams(call, ['open'])) stream.lifecycle = lifecycle;
  return ACKNOWLEDGED;
}

/** A lifecycle of a request. @throws {ApiError} 400 for a retention that is none */
export function parseLifecycle(given: JsonObject): JsonObject {
  const { data_retention: retention, downsampling, enabled } = given;
  if (downsampling !== undefined) throw notInStandIn('[downsampling] of a lifecycle');
  if (retention !== undefined && retention !== null) {
    const ms = parseTimeMs('data_retention', asText(retention));
    if (ms < 1_000) {
      throw illegalArgument(
        `The data retention cannot be less than [1s], but was [${asText(retention)}]`,
      );
    }
  }
  const kept = retention === undefined || retention === null ? {} : { data_retention: retention };
  return { enabled: enabled !== false, ...kept };
}

function get(call: Call): Answer {
  const streams = findStreams(call, ['open']);
  return ok({
    data_streams: streams.map(({ name, lifecycle }) =>
      lifecycle === null ? { name } : { name, lifecycle: shownLifecycle(lifecycle) },
    ),
    global_retention: {},
  });
}
