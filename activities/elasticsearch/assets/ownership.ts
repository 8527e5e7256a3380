import { blocked, foreign, type Inspection } from './asset.ts';

/** Increase it if the body of an asset changes: an older program then leaves the assets of a newer one alone. */
const ASSET_VERSION = 2;

/** `_meta` of all that the program creates. Fleet deletes transforms that carry its own `_meta` and that it does not know. */
export const MANAGED = { managed_by: 'tcsync', asset_version: ASSET_VERSION } as const;

/**
 * Says why the program must not change an existing asset; `null` if it may. The names of the assets are the program's
 * alone, so an asset that names no owner was changed by hand.
 */
export function notOurs({ _meta: meta }: { _meta?: unknown }): Inspection | null {
  const { managed_by: owner, asset_version: version } = (meta ?? {}) as Record<string, unknown>;
  if (owner !== undefined && owner !== MANAGED.managed_by) {
    return foreign(
      `it belongs to ${JSON.stringify(owner)} (_meta.managed_by) and is left as it is`,
    );
  }
  if (typeof version === 'number' && version > ASSET_VERSION) {
    return blocked(
      `a newer version of tcsync wrote it (asset version ${version}, this one has ${ASSET_VERSION}): update this one; nothing was changed`,
    );
  }
  return null;
}
