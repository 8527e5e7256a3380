import type { Client } from '@elastic/elasticsearch';
import type { FoundConfig } from './compare-config.ts';

/**
 * The API key with which a transform works, if it is gone: deleted, invalidated or expired. Otherwise `null`, also if
 * the caller may not look for keys.
 */
export async function lostKey(
  sink: Client,
  { authorization }: FoundConfig,
  signal: AbortSignal,
): Promise<string | null> {
  const key = authorization?.api_key;
  if (key === undefined) return null;
  const answer = await sink.security.getApiKey(
    { id: key.id },
    // 400, 405: without security there is no such path; 404: no such key
    { signal, ignore: [400, 401, 403, 404, 405], meta: true },
  );
  const keys = (answer.body as Partial<typeof answer.body> | null)?.api_keys;
  if (keys === undefined) return null;
  const nowMs = Date.now();
  const isGood = keys.some(
    ({ id, invalidated, expiration }) =>
      id === key.id && !invalidated && (expiration === undefined || expiration > nowMs),
  );
  return isGood ? null : key.name;
}
