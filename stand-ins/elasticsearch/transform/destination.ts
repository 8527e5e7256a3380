import { createHash } from 'node:crypto';

import { ApiError } from '../errors.ts';
import { isObject, type JsonObject, parseExact } from '../json/exact.ts';

import { checkAlias, createIndex } from '../state/create.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Index } from '../state/index.ts';
import { asObject } from '../state/mapping.ts';
import { aliasedIndices } from '../state/names.ts';
import { toBytes, toText } from '../state/source-slabs.ts';
import { type StoredDocument } from '../state/documents.ts';
import { type TransformConfig } from './config.ts';
import { type Key } from './source-view.ts';

/** The indices that the destination's name stands for: itself, or those of an alias. */
export function destinationIndices(cluster: Cluster, { dest }: TransformConfig): Index[] {
  const index = cluster.indices.get(dest.index);
  return index === undefined
    ? aliasedIndices(cluster, dest.index).map(([aliased]) => aliased)
    : [index];
}

/**
 * Creates a missing destination from its template. In any case it gets its aliases.
 * @throws {ApiError} 500 if the server refuses the index or an alias
 */
export function setUpDestination(cluster: Cluster, config: TransformConfig): void {
  const { id, dest } = config;
  if (destinationIndices(cluster, config).length === 0) {
    refuseAs(`Could not create destination index [${dest.index}] for transform [${id}]`, () =>
      createIndex(cluster, dest.index, newIndex(cluster, id)),
    );
  }
  refuseAs(
    `Could not set up aliases for destination index [${dest.index}] for transform [${id}]`,
    () => setUpAliases(cluster, config),
  );
}

function newIndex(cluster: Cluster, id: string): JsonObject {
  return {
    // one node holds no replica
    settings: { number_of_shards: 1, auto_expand_replicas: '0-1', number_of_replicas: 0 },
    mappings: {
      _meta: {
        _transform: {
          transform: id,
          version: { created: '10.0.0' },
          creation_date_in_millis: cluster.clock.nowMs(),
        },
        created_by: 'transform',
      },
    },
  };
}

function setUpAliases(cluster: Cluster, config: TransformConfig): void {
  for (const { alias, moveOnCreation } of config.dest.aliases ?? []) {
    checkAlias(cluster, alias, {});
    if (moveOnCreation) for (const index of cluster.indices.values()) index.aliases.delete(alias);
    for (const index of destinationIndices(cluster, config)) index.aliases.set(alias, {});
  }
}

/** @returns true if there was an index that a transform had made */
export function dropIfMadeByTransform(cluster: Cluster, config: TransformConfig): boolean {
  const index = cluster.indices.get(config.dest.index);
  if (index === undefined || asObject(index.mapping['_meta'])['created_by'] !== 'transform')
    return false;
  cluster.dropIndex(index);
  return true;
}

/** The same values have the same id, in every transform. */
export function documentId({ latest }: TransformConfig, key: Key): string {
  const named = latest.uniqueKey.map((field, place) => [field, key[place] ?? null] as const);
  const text = JSON.stringify(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(text).digest('base64url').slice(0, 28);
}

const UNDERSCORED = Buffer.from('"_');

/** The source without its fields that start with `_`, which belong to the server. */
export function documentSource({ source }: StoredDocument): Uint8Array {
  const bytes = toBytes(source);
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(UNDERSCORED))
    return bytes;
  const parsed = parseExact(toText(source));
  const kept = isObject(parsed)
    ? Object.entries(parsed).filter(([name]) => !name.startsWith('_'))
    : [];
  return Buffer.from(JSON.stringify(Object.fromEntries(kept)));
}

function refuseAs(reason: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 501) throw error;
    throw new ApiError(500, { type: 'runtime_exception', reason, caused_by: error.fault });
  }
}
