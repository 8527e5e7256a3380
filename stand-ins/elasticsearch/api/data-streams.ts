import { illegalArgument, indexNotFound } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { type JsonObject } from '../json/exact.ts';
import { type Cluster, type DataStream } from '../state/cluster.ts';
import { createStream } from '../state/create.ts';
import { type Index } from '../state/index.ts';
import { compose, templateFor } from '../state/templates.ts';
import { type Settings, showSettings, textSetting } from '../state/settings.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { shownLifecycle } from '../state/data-lifecycle.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';

/** `_data_stream`. */
export const dataStreamRoutes: readonly Route[] = [
  {
    api: 'data_stream',
    methods: ['PUT'],
    paths: ['/_data_stream/{name}'],
    parameters: [],
    handle: put,
  },
  {
    api: 'data_stream',
    methods: ['GET'],
    paths: ['/_data_stream', '/_data_stream/{name}'],
    parameters: [],
    handle: get,
  },
  {
    api: 'data_stream',
    methods: ['DELETE'],
    paths: ['/_data_stream/{name}'],
    parameters: [],
    handle: remove,
  },
];

const ILM = 'Index Lifecycle Management';

function put(call: Call): Answer {
  const { name = '' } = call.parts;
  if (name !== name.toLowerCase()) throw illegalArgument(`data_stream [${name}] must be lowercase`);
  createStream(call.cluster, name);
  return ACKNOWLEDGED;
}

function get(call: Call): Answer {
  return ok({ data_streams: findStreams(call).map((stream) => show(call.cluster, stream)) });
}

function remove(call: Call): Answer {
  const { cluster } = call;
  for (const stream of findStreams(call)) {
    for (const index of stream.indices) cluster.indices.delete(index.name);
    cluster.streams.delete(stream.name);
  }
  return ACKNOWLEDGED;
}

/** In the order of their names. @throws {ApiError} 404 for a name that neither a stream nor an index has */
export function findStreams(call: Call): DataStream[] {
  const { streams, indices } = call.cluster;
  const found = new Set<DataStream>();
  for (const wanted of namesOf(call, 'name')) {
    const exact = !isPattern(wanted);
    if (exact && !streams.has(wanted) && !indices.has(wanted)) throw indexNotFound(wanted);
    for (const [name, stream] of streams) {
      if (matchesPattern(wanted, name) && (exact || !stream.hidden)) found.add(stream);
    }
  }
  return [...found].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function show(cluster: Cluster, stream: DataStream): JsonObject {
  const template = templateFor(cluster, stream.name);
  const settings = {
    ...(template === null ? {} : compose(cluster, template.template).settings),
    ...stream.overrides.settings,
  };
  const policy = textSetting(settings, 'index.lifecycle.name');
  const yellow = stream.indices.some((index) => index.replicas > 0);
  return {
    name: stream.name,
    timestamp_field: { name: '@timestamp' },
    indices: stream.indices.map((index) => showIndex(index, stream.lifecycle)),
    generation: stream.generation,
    ...(stream.meta === null ? {} : { _meta: stream.meta }),
    status: yellow ? 'YELLOW' : 'GREEN',
    ...(template === null ? {} : { template: template.name }),
    ...(stream.lifecycle === null ? {} : { lifecycle: shownLifecycle(stream.lifecycle) }),
    ...(policy === null ? {} : { ilm_policy: policy }),
    next_generation_managed_by: manager(policy, prefersIlm(settings), stream.lifecycle),
    prefer_ilm: prefersIlm(settings),
    hidden: stream.hidden,
    system: false,
    allow_custom_routing: false,
    replicated: false,
    rollover_on_write: stream.rolloverOnWrite,
    index_mode: textSetting(settings, 'index.mode') ?? 'standard',
    ...(cluster.has('8.19') ? { settings: showSettings(stream.overrides.settings, false) } : {}),
    ...(cluster.has('9.2') ? { mappings: stream.overrides.mapping } : {}),
    ...(cluster.has('8.19') ? { failure_store: showFailureStore(stream) } : {}),
  };
}

function showFailureStore({ hasFailureStore }: DataStream): JsonObject {
  return { enabled: hasFailureStore, rollover_on_write: true, indices: [] };
}

function prefersIlm(settings: Settings): boolean {
  return textSetting(settings, 'index.lifecycle.prefer_ilm') !== 'false';
}

function manager(policy: string | null, prefers: boolean, lifecycle: JsonObject | null): string {
  const own = lifecycle !== null && lifecycle['enabled'] !== false;
  if (policy !== null && (prefers || !own)) return ILM;
  return own ? 'Data stream lifecycle' : 'Unmanaged';
}

function showIndex({ name, uuid, settings }: Index, lifecycle: JsonObject | null): JsonObject {
  const policy = textSetting(settings, 'index.lifecycle.name');
  return {
    index_name: name,
    index_uuid: uuid,
    managed_by: manager(policy, prefersIlm(settings), lifecycle),
    prefer_ilm: prefersIlm(settings),
    ...(policy === null ? {} : { ilm_policy: policy }),
    index_mode: textSetting(settings, 'index.mode') ?? 'standard',
  };
}
