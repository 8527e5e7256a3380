import { ApiError } from '../errors.ts';

/** Credentials that the server accepts. Without a key everybody may send requests. */
export interface Credentials {
  /** Base64 of `id:key`, as in `Authorization: ApiKey …`. */
  readonly apiKey?: string | undefined;
}

// The two schemes that a server with security offers.
const SCHEMES = ['Basic realm="security", charset="UTF-8"', 'ApiKey'];

/** @throws {ApiError} 401 if the request does not have the key */
export function authenticate(
  { apiKey }: Credentials,
  authorization: string | undefined,
  path: string,
): void {
  if (apiKey === undefined || authorization === `ApiKey ${apiKey}`) return;
  throw new ApiError(
    401,
    {
      type: 'security_exception',
      reason:
        authorization === undefined
          ? `missing authentication credentials for REST request [${path}]`
          : 'unable to authenticate with provided credentials and anonymous access is not allowed for this request',
      header: { 'WWW-Authenticate': SCHEMES },
    },
    { headers: { 'www-authenticate': SCHEMES } },
  );
}
