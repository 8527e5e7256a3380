import { randomBytes } from 'node:crypto';

import { ApiError } from '../errors.ts';
import { matchesPattern } from '../text/wildcard.ts';
import { isClusterAction } from './actions.ts';
import { checkCluster, checkIndex, grantsInCluster, grantsInIndex } from './privileges.ts';

/** What a key may do. */
export interface Role {
  readonly cluster: readonly string[];
  readonly indices: readonly {
    readonly names: readonly string[];
    readonly privileges: readonly string[];
  }[];
}

export interface ApiKey extends Role {
  readonly id: string;
  readonly name: string;
  /** The secret part. In a request it is base64 of `id:key`. */
  readonly key: string;
}

export const ALL_PRIVILEGES: Role = {
  cluster: ['all'],
  indices: [{ names: ['*'], privileges: ['all'] }],
};

/** The two schemes that a server with security offers. */
const SCHEMES = ['Basic realm="security", charset="UTF-8"', 'ApiKey'];

/** The keys that the server accepts. Without any security is off, and everybody may send every request. */
export class ApiKeys {
  readonly isOn: boolean;
  readonly #byId = new Map<string, ApiKey>();

  constructor(keys: readonly ApiKey[]) {
    this.isOn = keys.length > 0;
    for (const key of keys) this.#add(key);
  }

  create(name: string, { cluster, indices }: Role): ApiKey {
    const random = () => randomBytes(15).toString('base64url');
    return this.#add({ id: random(), name, key: random(), cluster, indices });
  }

  /** `null` if there is no such key, or not any more. */
  find(id: string): ApiKey | null {
    return this.#byId.get(id) ?? null;
  }

  /** @returns whether there was one */
  invalidate(id: string): boolean {
    return this.#byId.delete(id);
  }

  /** @returns the key of a request; `null` if security is off. @throws {ApiError} 401 */
  authenticate(authorization: string | undefined, path: string): ApiKey | null {
    if (!this.isOn) return null;
    const [, encoded = ''] = /^ApiKey (\S+)$/.exec(authorization ?? '') ?? [];
    const [id = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    const found = this.find(id);
    // Node's decoder also takes what is no base64
    if (found !== null && encodedOf(found) === encoded) return found;
    throw unauthenticated(
      authorization === undefined
        ? `missing authentication credentials for REST request [${path}]`
        : 'unable to authenticate with provided credentials and anonymous access is not allowed for this request',
    );
  }

  #add(key: ApiKey): ApiKey {
    checkCluster(key.cluster);
    for (const { privileges } of key.indices) checkIndex(privileges);
    this.#byId.set(key.id, key);
    return key;
  }
}

export function encodedOf({ id, key }: Pick<ApiKey, 'id' | 'key'>): string {
  return Buffer.from(`${id}:${key}`).toString('base64');
}

export function unauthenticated(reason: string): ApiError {
  return new ApiError(
    401,
    { type: 'security_exception', reason, header: { 'WWW-Authenticate': SCHEMES } },
    { headers: { 'www-authenticate': SCHEMES } },
  );
}

/** The privileges that a role has on a name. A pattern has those of the names that cover it whole. */
export function privilegesOn({ indices }: Role, name: string): string[] {
  return indices
    .filter(({ names }) => names.some((pattern) => matchesPattern(pattern, name)))
    .flatMap(({ privileges }) => privileges);
}

/** @param name of an index, a data stream or an alias; unused for an action of the cluster */
export function isGranted(role: Role, action: string, name: string): boolean {
  return isClusterAction(action)
    ? grantsInCluster(role.cluster, action)
    : grantsInIndex(privilegesOn(role, name), action);
}
