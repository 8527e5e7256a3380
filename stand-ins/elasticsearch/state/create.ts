import { ApiError, illegalArgument } from '../errors.ts';
import { type JsonObject } from '../json/exact.ts';
import { type Cluster, type DataStream } from './cluster.ts';
import { type Alias, Index } from './index.ts';
import { aliasedIndices, aliasedStreams, checkNewName } from './names.ts';
import { asObject, mergeTemplates } from './mapping.ts';
import {
  componentsOf,
  compose,
  type Composed,
  isStreamTemplate,
  layOver,
  type NamedTemplate,
  NOTHING,
  templateFor,
} from './templates.ts';

// The internal version of indices of the 8.19 line, as settings show it.
const INDEX_VERSION = '8537000';

/**
 * Creates an index from the matching template and the request, which comes first.
 * @param body `{settings?, mappings?, aliases?}`
 */
export function createIndex(cluster: Cluster, name: string, body: JsonObject): Index {
  checkNewName(cluster, name);
  const existing = cluster.indices.get(name);
  if (existing !== undefined) {
    throw new ApiError(400, {
      type: 'resource_already_exists_exception',
      reason: `index [${name}/${existing.uuid}] already exists`,
      index_uuid: existing.uuid,
      index: name,
    });
  }
  if (cluster.streams.has(name)) throw streamExists(name);
  const found = templateFor(cluster, name);
  if (found !== null && isStreamTemplate(found.template)) {
    throw illegalArgument(
      `cannot create index with name [${name}], because it matches with template [${found.name}] that creates data streams only, use create data stream api instead`,
    );
  }
  const base = found === null ? NOTHING : compose(cluster, found.template);
  return addIndex(cluster, name, null, layOver(base, body));
}

export function createStream(cluster: Cluster, name: string): DataStream {
  const found = templateFor(cluster, name);
  if (cluster.streams.has(name)) throw streamExists(name);
  if (found === null)
    throw illegalArgument(`no matching index template found for data stream [${name}]`);
  if (!isStreamTemplate(found.template)) {
    throw illegalArgument(
      `matching index template [${found.name}] for data stream [${name}] has no data stream template`,
    );
  }
  if (cluster.indices.has(name) || aliasedIndices(cluster, name).length > 0) {
    throw illegalState(
      `index, alias, and data stream names need to be unique, but the following duplicates were found [data stream [${name}] conflicts with index or alias]`,
    );
  }
  const options = asObject(found.template['data_stream']);
  const meta = found.template['_meta'];
  const composed = compose(cluster, found.template);
  const stream: DataStream = {
    name,
    indices: [],
    hidden: options['hidden'] === true,
    meta: meta === undefined ? null : asObject(meta),
    aliases: new Map(),
    generation: 0,
    rolloverOnWrite: false,
    lifecycle: composed.lifecycle,
    overrides: { settings: {}, mapping: {} },
    // since then `logs@settings` switches it on
    hasFailureStore: cluster.has('9.2') && componentsOf(found.template).includes('logs@settings'),
  };
  cluster.streams.set(name, stream);
  for (const [alias, body] of Object.entries(composed.aliases)) stream.aliases.set(alias, body);
  addBackingIndex(cluster, stream, composed);
  return stream;
}

/** A new write index for a data stream, from the present template. */
export function rollOver(cluster: Cluster, stream: DataStream): Index {
  stream.rolloverOnWrite = false;
  const before = stream.indices.at(-1);
  if (before !== undefined) before.rolledOverMs = cluster.clock.nowMs();
  const found = streamTemplate(cluster, stream.name);
  return addBackingIndex(cluster, stream, compose(cluster, found.template));
}

export function streamTemplate(cluster: Cluster, name: string): NamedTemplate {
  const found = templateFor(cluster, name);
  if (found === null)
    throw illegalArgument(`no matching index template found for data stream [${name}]`);
  return found;
}

/** `.ds-<stream>-yyyy.MM.dd-<generation in six digits>`, by the server's clock in UTC. */
export function backingIndexName(cluster: Cluster, stream: string, generation: number): string {
  const day = new Date(cluster.clock.nowMs()).toISOString().slice(0, 10).replaceAll('-', '.');
  return `.ds-${stream}-${day}-${String(generation).padStart(6, '0')}`;
}

function addBackingIndex(cluster: Cluster, stream: DataStream, composed: Composed): Index {
  stream.generation += 1;
  const name = backingIndexName(cluster, stream.name, stream.generation);
  const { overrides } = stream;
  const index = addIndex(cluster, name, stream.name, {
    ...composed,
    settings: { ...composed.settings, ...overrides.settings, 'index.hidden': 'true' },
    mapping: mergeTemplates(composed.mapping, overrides.mapping),
    aliases: {},
  });
  stream.indices.push(index);
  return index;
}

function addIndex(
  cluster: Cluster,
  name: string,
  stream: string | null,
  composed: Composed,
): Index {
  const aliases = new Map(Object.entries(composed.aliases));
  for (const [alias, body] of aliases) checkAlias(cluster, alias, body);
  const given = Object.entries(composed.settings).filter(([, value]) => value !== null);
  const index = new Index(cluster.clock, name, stream, {
    settings: {
      'index.number_of_shards': '1',
      'index.number_of_replicas': '1',
      'index.routing.allocation.include._tier_preference': 'data_content',
      ...Object.fromEntries(given),
    },
    mapping: composed.mapping,
    aliases,
  });
  index.settings = {
    ...index.settings,
    'index.creation_date': String(index.createdMs),
    'index.provided_name': name,
    'index.uuid': index.uuid,
    'index.version.created': INDEX_VERSION,
  };
  cluster.indices.set(name, index);
  return index;
}

/** The properties of an alias. */
export const ALIAS_FIELDS: readonly string[] = ['is_write_index'];

/** @throws {ApiError} 400 for a wrong alias */
export function checkAlias(cluster: Cluster, alias: string, body: Alias): void {
  const unknown = Object.keys(body).find((name) => !ALIAS_FIELDS.includes(name));
  if (unknown !== undefined) {
    throw illegalArgument(`Unknown field [${unknown}] in alias [${alias}]`);
  }
  if (cluster.indices.has(alias) || cluster.streams.has(alias)) {
    throw new ApiError(400, {
      type: 'invalid_alias_name_exception',
      reason: `Invalid alias name [${alias}]: an index or data stream exists with the same name as the alias`,
    });
  }
}

/** An alias stands for data streams or for plain indices, and has at most one write index. @throws {ApiError} 500 */
export function checkHolders(cluster: Cluster, alias: string): void {
  const indices = aliasedIndices(cluster, alias);
  const streams = aliasedStreams(cluster, alias);
  if (indices.length > 0 && streams.length > 0) {
    throw illegalState(
      `index, alias, and data stream names need to be unique, but the following duplicates were found [data stream alias and indices alias have the same name (${alias})]`,
    );
  }
  const writers = indices.filter(([, body]) => body['is_write_index'] === true);
  if (writers.length > 1) {
    const names = writers.map(([index]) => index.name).join(',');
    throw illegalState(`alias [${alias}] has more than one write index [${names}]`);
  }
}

function illegalState(reason: string): ApiError {
  return new ApiError(500, { type: 'illegal_state_exception', reason });
}

function streamExists(name: string): ApiError {
  return new ApiError(400, {
    type: 'resource_already_exists_exception',
    reason: `data_stream [${name}] already exists`,
  });
}
