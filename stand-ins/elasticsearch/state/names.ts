import { illegalArgument, indexNotFound, invalidIndexName } from '../errors.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { type Cluster, type DataStream } from './cluster.ts';
import { type Alias, type Index } from './index.ts';

/** How the names of a request are read. */
export interface NameOptions {
  readonly ignoreUnavailable: boolean;
  readonly allowNoIndices: boolean;
  /** Patterns also match hidden indices. */
  readonly hidden: boolean;
  readonly streams: boolean;
}

/** No name is an error, and everything is found. */
export const ANY_NAMES: NameOptions = {
  ignoreUnavailable: true,
  allowNoIndices: true,
  hidden: true,
  streams: true,
};

/**
 * The indices of names, aliases, data streams and patterns, in the order of their names.
 * @throws {ApiError} 404 for a missing name, and for no index at all if that is not allowed
 */
export function resolveNames(
  cluster: Cluster,
  names: readonly string[],
  options: NameOptions,
): Index[] {
  const found = new Set<Index>();
  for (const name of names) {
    const indices = isPattern(name)
      ? expand(cluster, name, options)
      : lookUp(cluster, name, options);
    if (indices.length === 0 && isPattern(name) && !options.allowNoIndices)
      throw indexNotFound(name);
    for (const index of indices) found.add(index);
  }
  return [...found].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function lookUp(cluster: Cluster, name: string, options: NameOptions): Index[] {
  if (name.startsWith('_')) throw invalidIndexName(name, "must not start with '_'.");
  const indices = indicesOf(cluster, name);
  const stream = cluster.streams.has(name);
  if (indices.length > 0 && (options.streams || !stream)) return indices;
  if (options.ignoreUnavailable) return [];
  throw indexNotFound(name, stream && !options.streams);
}

function expand(cluster: Cluster, pattern: string, { hidden, streams }: NameOptions): Index[] {
  const matches = (name: string, isHidden: boolean): boolean =>
    matchesPattern(pattern, name) &&
    (!isHidden || hidden || (pattern.startsWith('.') && name.startsWith('.')));
  const names = new Set<string>();
  for (const [name, index] of cluster.indices) {
    if ((index.stream === null || streams) && matches(name, index.isHidden)) names.add(name);
    for (const alias of index.aliases.keys()) if (matches(alias, false)) names.add(alias);
  }
  for (const [name, stream] of streams ? cluster.streams : []) {
    if (matches(name, stream.hidden)) names.add(name);
    for (const alias of stream.aliases.keys()) if (matches(alias, false)) names.add(alias);
  }
  return [...names].flatMap((name) => indicesOf(cluster, name));
}

function indicesOf(cluster: Cluster, name: string): Index[] {
  const index = cluster.indices.get(name);
  return [
    ...(index === undefined ? [] : [index]),
    ...(cluster.streams.get(name)?.indices ?? []),
    ...aliasedIndices(cluster, name).map(([aliased]) => aliased),
    ...aliasedStreams(cluster, name).flatMap(([stream]) => stream.indices),
  ];
}

export function aliasedIndices(cluster: Cluster, alias: string): [Index, Alias][] {
  return aliased([...cluster.indices.values()], alias);
}

export function aliasedStreams(cluster: Cluster, alias: string): [DataStream, Alias][] {
  return aliased([...cluster.streams.values()], alias);
}

function aliased<Holder extends { readonly aliases: ReadonlyMap<string, Alias> }>(
  holders: readonly Holder[],
  alias: string,
): [Holder, Alias][] {
  return holders.flatMap((holder) => {
    const body = holder.aliases.get(alias);
    return body === undefined ? [] : [[holder, body] as [Holder, Alias]];
  });
}

/** The one index that a document is read from by its id. @throws {ApiError} 404, or 400 for an alias of several */
export function resolveOne(cluster: Cluster, name: string): Index {
  const index = cluster.indices.get(name);
  if (index !== undefined) return index;
  if (cluster.streams.has(name)) throw indexNotFound(name, true);
  const [only, ...more] = aliasedIndices(cluster, name);
  if (only === undefined) throw indexNotFound(name);
  if (more.length === 0) return only[0];
  throw illegalArgument(
    `alias [${name}] has more than one index associated with it, can't execute a single index op`,
  );
}

/** @throws {ApiError} 400 for a name that no new index can have */
export function checkNewName(cluster: Cluster, name: string): void {
  if (!/^[^_\-+\s"*,/<>?\\|#:A-Z][^\s"*,/<>?\\|#:A-Z]*$/.test(name) || name.length > 255)
    throw invalidIndexName(name, 'it has a character that is not allowed, or is too long');
  if (aliasedIndices(cluster, name).length + aliasedStreams(cluster, name).length > 0)
    throw invalidIndexName(name, 'already exists as alias');
}
