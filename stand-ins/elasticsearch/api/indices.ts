import { type estypes } from '@elastic/elasticsearch';

import { illegalArgument, parseFailure } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { type JsonObject } from '../json/exact.ts';
import { createIndex } from '../state/create.ts';
import { type Index } from '../state/index.ts';
import { aliasedIndices, resolveNames } from '../state/names.ts';
import { showSettings } from '../state/settings.ts';
import { isPattern } from '../text/wildcard.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

/** Indices as such: create, read, delete, refresh. */
export const indexRoutes: readonly Route[] = [
  {
    api: 'index',
    methods: ['PUT'],
    paths: ['/{index}'],
    parameters: ['master_timeout', 'timeout', 'wait_for_active_shards'],
    handle: create,
  },
  {
    api: 'index',
    methods: ['GET', 'HEAD'],
    paths: ['/{index}'],
    parameters: [
      ...NAME_PARAMETERS,
      'features',
      'flat_settings',
      'include_defaults',
      'local',
      'master_timeout',
    ],
    handle: get,
  },
  {
    api: 'index',
    methods: ['DELETE'],
    paths: ['/{index}'],
    parameters: [...NAME_PARAMETERS, 'master_timeout', 'timeout'],
    handle: remove,
  },
  {
    api: 'refresh',
    methods: ['GET', 'POST'],
    paths: ['/_refresh', '/{index}/_refresh'],
    parameters: NAME_PARAMETERS,
    handle: refresh,
  },
];

const FIELDS = new Set(['aliases', 'mappings', 'settings']);

function create(call: Call): Answer {
  const { index: name = '' } = call.parts;
  const body = call.body.optionalObject();
  const unknown = Object.keys(body).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) throw parseFailure(`unknown key [${unknown}] for create index`);
  createIndex(call.cluster, name, body);
  return ok({
    acknowledged: true,
    shards_acknowledged: true,
    index: name,
  } satisfies estypes.IndicesCreateResponse);
}

function get(call: Call): Answer {
  const targets = resolveNames(
    call.cluster,
    namesOf(call, 'index'),
    toNameOptions(call.parameters),
  );
  const flat = call.parameters.flag('flat_settings');
  call.parameters.flag('include_defaults');
  const body: JsonObject = {};
  for (const { index } of targets) body[index.name] = showIndex(index, flat);
  return ok(body);
}

function showIndex(index: Index, flat: boolean): JsonObject {
  return {
    aliases: Object.fromEntries(index.aliases),
    mappings: index.mapping,
    settings: showSettings(index.settings, flat),
    ...(index.stream === null ? {} : { data_stream: index.stream }),
  };
}

function remove(call: Call): Answer {
  const { cluster } = call;
  const names = namesOf(call, 'index');
  // action.destructive_requires_name is on by default
  if (names.some((name) => isPattern(name) || name === '_all')) {
    throw illegalArgument('Wildcard expressions or all indices are not allowed');
  }
  for (const name of names) {
    if (aliasedIndices(cluster, name).length > 0) {
      throw illegalArgument(
        `The provided expression [${name}] matches an alias, specify the corresponding concrete indices instead.`,
      );
    }
  }
  const targets = resolveNames(cluster, names, toNameOptions(call.parameters, { streams: false }));
  for (const { index } of targets) {
    const stream = index.stream === null ? undefined : cluster.streams.get(index.stream);
    if (stream?.indices.at(-1) === index) {
      throw illegalArgument(
        `index [${index.name}] is the write index for data stream [${stream.name}] and cannot be deleted`,
      );
    }
  }
  for (const { index } of targets) cluster.dropIndex(index);
  return ACKNOWLEDGED;
}

function refresh(call: Call): Answer {
  const options = toNameOptions(call.parameters, { hidden: call.parts['index'] === undefined });
  const targets = resolveNames(call.cluster, namesOf(call, 'index'), options);
  let total = 0;
  for (const { index } of targets) {
    index.refresh();
    total += 1 + index.replicas;
  }
  return ok({
    _shards: { total, successful: targets.length, failed: 0 },
  } satisfies estypes.IndicesRefreshResponse);
}
