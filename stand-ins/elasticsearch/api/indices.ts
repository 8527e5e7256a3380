import { type estypes } from '@elastic/elasticsearch';

import { illegalArgument, parseFailure } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { type JsonObject } from '../json/exact.ts';
import { createIndex } from '../state/create.ts';
import { aliasedIndices, resolveNames } from '../state/names.ts';
import { showSettings } from '../state/settings.ts';
import { isPattern } from '../text/wildcard.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

/** Indices as such: create, read, delete, refresh. */
export const indexRoutes: readonly Route[] = [
  { api: 'index', methods: ['PUT'], paths: ['/{index}'], parameters: [], handle: create },
  {
    api: 'index',
    methods: ['GET', 'HEAD'],
    paths: ['/{index}'],
    parameters: NAME_PARAMETERS,
    handle: get,
  },
  {
    api: 'index',
    methods: ['DELETE'],
    paths: ['/{index}'],
    parameters: NAME_PARAMETERS,
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
  const { cluster, parameters } = call;
  const body: JsonObject = {};
  for (const index of resolveNames(cluster, namesOf(call, 'index'), toNameOptions(parameters))) {
    body[index.name] = {
      aliases: Object.fromEntries(index.aliases),
      mappings: index.mapping,
      settings: showSettings(index.settings, false),
      ...(index.stream === null ? {} : { data_stream: index.stream }),
    };
  }
  return ok(body);
}

function remove(call: Call): Answer {
  const { cluster, parameters } = call;
  const names = namesOf(call, 'index');
  for (const name of names) {
    // action.destructive_requires_name is on by default
    if (isPattern(name)) throw illegalArgument('Wildcard expressions are not allowed');
    if (aliasedIndices(cluster, name).length > 0)
      throw illegalArgument(`The provided expression [${name}] matches an alias`);
  }
  const indices = resolveNames(cluster, names, toNameOptions(parameters, { streams: false }));
  for (const index of indices) {
    const stream = cluster.streams.get(index.stream ?? '');
    if (stream?.indices.at(-1) === index) {
      throw illegalArgument(
        `index [${index.name}] is the write index for data stream [${stream.name}] and cannot be deleted`,
      );
    }
  }
  for (const index of indices) cluster.dropIndex(index);
  return ACKNOWLEDGED;
}

function refresh(call: Call): Answer {
  const options = toNameOptions(call.parameters, { hidden: call.parts['index'] === undefined });
  const indices = resolveNames(call.cluster, namesOf(call, 'index'), options);
  for (const index of indices) index.refresh();
  const successful = indices.length;
  const total = indices.reduce((sum, { replicas }) => sum + 1 + replicas, 0);
  return ok({
    _shards: { total, successful, failed: 0 },
  } satisfies estypes.IndicesRefreshResponse);
}
