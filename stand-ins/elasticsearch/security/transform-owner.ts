import { ApiError } from '../errors.ts';
import { type Call } from '../api/call.ts';
import { destinationIndices } from '../transform/destination.ts';
import { type TransformConfig } from '../transform/config.ts';
import { type Transform } from '../transform/transform.ts';
import { privilegesOn, unauthenticated } from './api-keys.ts';
import { denial } from './authorize.ts';
import { includesInIndex } from './privileges.ts';

/** @throws {ApiError} 403 if the caller lacks privileges that the transform will need */
export function checkOwner(
  { caller, cluster }: Call,
  config: TransformConfig,
  verb: 'create' | 'update',
): void {
  if (caller === null) return;
  const { source, dest, retention } = config;
  const isNew = destinationIndices(cluster, config).length === 0;
  const onDest = [
    'read',
    'index',
    ...(isNew ? ['create_index'] : []),
    ...(retention === null ? [] : ['delete']),
    ...(dest.aliases === null ? [] : ['manage']),
  ];
  const asked: [string, string[]][] = [
    ...source.index.map((name): [string, string[]] => [name, ['read', 'view_index_metadata']]),
    [dest.index, onDest],
    ...(dest.aliases ?? []).map(({ alias }): [string, string[]] => [alias, ['manage']]),
  ];
  const missing = asked.flatMap(([name, privileges]) => {
    const held = privilegesOn(caller, name);
    const lacking = privileges.filter((each) => !includesInIndex(held, each));
    return lacking.length === 0 ? [] : [`${name}:[${lacking.join(', ')}]`];
  });
  if (missing.length === 0) return;
  throw new ApiError(403, {
    type: 'security_exception',
    reason: `Cannot ${verb} transform [${config.id}] because user elastic lacks the required permissions [${missing.join(', ')}]`,
  });
}

/** The transform keeps the caller's key and runs with its privileges. */
export function hand({ caller, cluster, keys }: Call, transform: Transform): void {
  if (caller === null) return;
  const { id, name } = caller;
  transform.owner = { id, name };
  transform.checkOwner = () => {
    const key = keys.find(id);
    if (key === null) throw unauthenticated(`api key [${id}] has been invalidated`);
    const { source, dest, retention } = transform.config;
    const denied =
      denial(key, cluster, 'indices:data/read/search', source.index) ??
      denial(key, cluster, 'indices:data/write/index:op_type/index', [dest.index]) ??
      (retention === null ? null : denial(key, cluster, 'indices:data/write/delete', [dest.index]));
    if (denied !== null) throw denied;
  };
}
