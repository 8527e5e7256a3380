import type { Client, estypes } from '@elastic/elasticsearch';
import { missingPrivileges, TRANSFORM_PRIVILEGES } from '../../privileges.ts';
import { atSink } from '../../sink-error.ts';
import { blocked, due, OK, type Inspection } from '../asset.ts';

/** What `GET _transform` shows of a transform, as far as it is needed. */
type Shown = Pick<estypes.TransformGetTransformTransformSummary, 'id' | 'authorization'> & {
  description?: string;
};

/**
 * Compares the API key that a transform runs with and the one of the installer. A transform keeps the key of its last
 * change and fails when that key ends; so it gets the installer's key if that is another one. Left alone if the
 * installer is no API key, or may not manage transforms.
 *
 * @param installer the client of the installer's key
 */
export async function inspectKey(
  installer: Client,
  transform: Shown,
  signal: AbortSignal,
): Promise<Inspection> {
  const own = await ownKeyId(installer, signal);
  const used = transform.authorization?.api_key?.id;
  if (own === null || own === used) return OK;
  const missing = await missingPrivileges(installer, TRANSFORM_PRIVILEGES, signal);
  if (missing === null || missing.includes(NOT_OURS)) return OK;
  const before = used === undefined ? 'no API key' : `API key ${used}`;
  if (missing.length > 0) {
    return blocked(
      `it runs with ${before}, not with the installer’s key ${own}, which lacks privileges that it needs: ${missing.join('; ')}`,
    );
  }
  return due({
    becomes: 'repaired',
    changes: [`credentials: ${before} → API key ${own}`],
    act: () =>
      installer.transform.updateTransform(
        {
          transform_id: transform.id,
          defer_validation: true,
          // a request must have a body; the key is stored with any
          description: transform.description ?? '',
        },
        { signal },
      ),
  });
}

const NOT_OURS = 'cluster: manage_transform';

/** `null` if the caller is no API key, or the cluster has no security. */
async function ownKeyId(installer: Client, signal: AbortSignal): Promise<string | null> {
  const { body, statusCode } = await atSink('GET _security/_authenticate', signal, () =>
    installer.security.authenticate({}, { signal, ignore: [400, 405], meta: true }),
  );
  if (statusCode === 400 || statusCode === 405) return null;
  return body.api_key?.id ?? null;
}
