import { illegalArgument, indexNotFound, invalidIndexName } from '../errors.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { type Cluster, type DataStream } from './cluster.ts';
import { type Alias, type Index } from './index.ts';
import { type Target } from './target.ts';

/** How the names of a request are read. */
export interface NameOptions {
  readonly ignoreUnavailable: boolean;
  readonly allowNoIndices: boolean;
  /** Patterns match hidden indices too. */
  readonly hidden: boolean;
  readonly streams: boolean;
}

/**
 * The indices that names, aliases, data streams and patterns stand for, in order of their names.
 * @throws {ApiError} 404 for a name that is not there, and for no index at all where that is not allowed
 */
export function resolveNames(
  cluster: Cluster,
  names: readonly string[],
  options: NameOptions,
): Target[] {
  const found = new Map<Index, unknown[] | null>();
  let patternSeen = false;
  for (const name of names.length === 0 ? ['*'] : names) {
    if (name.startsWith('-') && patternSeen) {
      for (const { index } of expand(cluster, name.slice(1), { ...options, hidden: true }))
        found.delete(index);
      continue;
    }
    const pattern = isPattern(name) || name === '_all';
    patternSeen ||= pattern;
    const targets = pattern ? expand(cluster, name, options) : lookUp(cluster, name, options);
    if (targets.length === 0 && pattern && !options.allowNoIndices) throw indexNotFound(name);
    for (const { index, filters } of targets) {
      const before = found.get(index);
      if (before === undefined) found.set(index, filters === null ? null : [...filters]);
      else if (before !== null) found.set(index, filters === null ? null : [...before, ...filters]);
    }
  }
  return [...found]
    .map(([index, filters]) => ({ index, filters }))
    .sort((a, b) => (a.index.name < b.index.name ? -1 : 1));
}

function lookUp(cluster: Cluster, name: string, options: NameOptions): Target[] {
  checkSearchName(name);
  const targets = targetsOf(cluster, name);
  const stream = cluster.streams.has(name);
  if (targets.length > 0 && (options.streams || !stream)) return targets;
  if (options.ignoreUnavailable) return [];
  throw indexNotFound(name, stream && !options.streams);
}

function expand(cluster: Cluster, pattern: string, options: NameOptions): Target[] {
  const matches = (name: string, hidden: boolean): boolean =>
    (pattern === '_all' || matchesPattern(pattern, name)) &&
    (!hidden || options.hidden || (pattern.startsWith('.') && name.startsWith('.')));
  const names = new Set<string>();
  for (const [name, index] of cluster.indices) {
    const backing = index.stream !== null && !options.streams;
    if (!backing && matches(name, index.isHidden)) names.add(name);
    for (const [alias, body] of index.aliases)
      if (matches(alias, body['is_hidden'] === true)) names.add(alias);
  }
  if (options.streams) {
    for (const [name, stream] of cluster.streams) {
      if (matches(name, stream.hidden)) names.add(name);
      for (const alias of stream.aliases.keys()) if (matches(alias, false)) names.add(alias);
    }
  }
  return [...names].flatMap((name) => targetsOf(cluster, name));
}

function targetsOf(cluster: Cluster, name: string): Target[] {
  const index = cluster.indices.get(name);
  const plain = index === undefined ? [] : [index];
  const backing = cluster.streams.get(name)?.indices ?? [];
  const targets: Target[] = [...plain, ...backing].map((one) => ({ index: one, filters: null }));
  for (const [other, alias] of aliasedIndices(cluster, name)) {
    targets.push({ index: other, filters: filtersOf(alias) });
  }
  for (const [stream, alias] of aliasedStreams(cluster, name)) {
    for (const other of stream.indices) targets.push({ index: other, filters: filtersOf(alias) });
  }
  return targets;
}

function filtersOf(alias: Alias): unknown[] | null {
  return alias['filter'] === undefined ? null : [alias['filter']];
}

export function aliasedIndices(cluster: Cluster, alias: string): [Index, Alias][] {
  return [...cluster.indices.values()].flatMap((index) => {
    const body = index.aliases.get(alias);
    return body === undefined ? [] : [[index, body] as [Index, Alias]];
  });
}

export function aliasedStreams(cluster: Cluster, alias: string): [DataStream, Alias][] {
  return [...cluster.streams.values()].flatMap((stream) => {
    const body = stream.aliases.get(alias);
    return body === undefined ? [] : [[stream, body] as [DataStream, Alias]];
  });
}

export function isAlias(cluster: Cluster, name: string): boolean {
  return aliasedIndices(cluster, name).length > 0 || aliasedStreams(cluster, name).length > 0;
}

/** The one index that a document is read from by its id. @throws {ApiError} 404, or 400 for an alias of several */
export function resolveOne(cluster: Cluster, name: string): Index {
  const index = cluster.indices.get(name);
  if (index !== undefined) return index;
  if (cluster.streams.has(name)) throw indexNotFound(name, true);
  const aliased = aliasedIndices(cluster, name).map(([other]) => other);
  if (aliased.length > 1) {
    const list = aliased.map((other) => other.name).join(', ');
    throw illegalArgument(
      `alias [${name}] has more than one index associated with it [${list}], can't execute a single index op`,
    );
  }
  const [only] = aliased;
  if (only === undefined) throw indexNotFound(name);
  return only;
}

/** @throws {ApiError} 400 for a name that no new index can have */
export function checkNewName(cluster: Cluster, name: string): void {
  if (name === '') throw invalidIndexName(name, 'must not be empty');
  if (/[ "*,/<>?\\|]/.test(name)) {
    throw invalidIndexName(
      name,
      `must not contain the following characters [' ','"','*',',','/','<','>','?','\\','|']`,
    );
  }
  if (/^[_\-+]/.test(name)) throw invalidIndexName(name, "must not start with '_', '-', or '+'");
  if (name === '.' || name === '..') throw invalidIndexName(name, "must not be '.' or '..'");
  if (name.includes('#')) throw invalidIndexName(name, "must not contain '#'");
  if (name.includes(':')) throw invalidIndexName(name, "must not contain ':'");
  if (Buffer.byteLength(name) > 255) {
    throw invalidIndexName(name, `index name is too long, (${Buffer.byteLength(name)} > 255)`);
  }
  if (name !== name.toLowerCase()) throw invalidIndexName(name, 'must be lowercase');
  if (isAlias(cluster, name)) throw invalidIndexName(name, 'already exists as alias');
}

function checkSearchName(name: string): void {
  if (name.startsWith('_')) throw invalidIndexName(name, "must not start with '_'.");
}
