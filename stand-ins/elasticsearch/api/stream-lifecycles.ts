import { refuseUnknownFields } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { asText, type JsonObject } from '../json/exact.ts';
import { parseTimeMs } from '../text/time.ts';
import { isManaged } from '../lifecycle/steps.ts';
import { ANY_NAMES, resolveNames } from '../state/names.ts';
import { shownLifecycle } from '../state/data-lifecycle.ts';
import { findStreams } from './data-streams.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';

/** `_data_stream/<name>/_lifecycle`: how long a data stream keeps its documents. */
export const streamLifecycleRoutes: readonly Route[] = [
  {
    api: 'data_stream',
    methods: ['GET'],
    paths: ['/_data_stream/{name}/_lifecycle'],
    parameters: [],
    handle: get,
  },
  {
    api: 'data_stream',
    methods: ['PUT'],
    paths: ['/_data_stream/{name}/_lifecycle'],
    parameters: [],
    handle: put,
  },
  {
    api: 'data_stream',
    methods: ['DELETE'],
    paths: ['/_data_stream/{name}/_lifecycle'],
    parameters: [],
    handle: (call) => {
      for (const stream of findStreams(call)) stream.lifecycle = null;
      return ACKNOWLEDGED;
    },
  },
  {
    api: 'data_stream',
    methods: ['GET'],
    paths: ['/{index}/_lifecycle/explain'],
    parameters: [],
    handle: explain,
  },
];

function put(call: Call): Answer {
  const given = call.body.optionalObject();
  refuseUnknownFields('lifecycle', given, ['data_retention', 'enabled']);
  const lifecycle = parseLifecycle(given);
  for (const stream of findStreams(call)) stream.lifecycle = lifecycle;
  return ACKNOWLEDGED;
}

/** A lifecycle of a request. @throws {ApiError} 400 for a retention that is no time */
function parseLifecycle({ data_retention: retention, enabled }: JsonObject): JsonObject {
  if (retention === undefined) return { enabled: enabled !== false };
  parseTimeMs('data_retention', asText(retention));
  return { enabled: enabled !== false, data_retention: retention };
}

/** The state of backing indices; an error is a text that holds JSON. */
function explain(call: Call): Answer {
  const { cluster } = call;
  const indices: JsonObject = {};
  for (const index of resolveNames(cluster, namesOf(call, 'index'), ANY_NAMES)) {
    const lifecycle = cluster.streams.get(index.stream ?? '')?.lifecycle ?? null;
    const managed = lifecycle?.['enabled'] === true && !isManaged(cluster, index);
    const { name, createdMs, retentionError: error } = index;
    indices[name] = {
      index: name,
      managed_by_lifecycle: managed,
      ...(managed ? { index_creation_date_millis: createdMs, lifecycle } : {}),
      ...(managed && error !== null ? { error: JSON.stringify(error) } : {}),
    };
  }
  return ok({ indices });
}

function get(call: Call): Answer {
  const streams = findStreams(call);
  return ok({
    data_streams: streams.map(({ name, lifecycle }) =>
      lifecycle === null ? { name } : { name, lifecycle: shownLifecycle(lifecycle) },
    ),
    global_retention: {},
  });
}
