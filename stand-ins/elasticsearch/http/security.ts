import { ApiError } from '../errors.ts';

/** Who may ask; without either of the two, everybody may. */
export interface Credentials {
  /** Base64 of `id:key`, as `Authorization: ApiKey …` carries it. */
  readonly apiKey?: string | undefined;
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
}

// The two schemes that a server with security offers.
const SCHEMES = ['Basic realm="security", charset="UTF-8"', 'ApiKey'];

/** @throws {ApiError} 401 where the request does not carry one of the credentials */
export function authenticate(
  credentials: Credentials,
  authorization: string | undefined,
  path: string,
): void {
  if (credentials.apiKey === undefined && credentials.basic === undefined) return;
  if (authorization === undefined) {
    throw refusal(`missing authentication credentials for REST request [${path}]`);
  }
  const space = authorization.indexOf(' ');
  const scheme = authorization.slice(0, space).toLowerCase();
  const token = authorization.slice(space + 1).trim();
  const decoded = Buffer.from(token, 'base64').toString('utf8');
  const [name = ''] = decoded.split(':');
  if (scheme === 'apikey') {
    if (token === credentials.apiKey) return;
    throw refusal(
      'unable to authenticate with provided credentials and anonymous access is not allowed for this request',
      { additional_unsuccessful_credentials: `API key: unable to find apikey with id ${name}` },
    );
  }
  const { basic } = credentials;
  if (
    scheme === 'basic' &&
    basic !== undefined &&
    decoded === `${basic.username}:${basic.password}`
  )
    return;
  throw refusal(
    scheme === 'basic'
      ? `unable to authenticate user [${name}] for REST request [${path}]`
      : `missing authentication credentials for REST request [${path}]`,
  );
}

function refusal(reason: string, details: Record<string, unknown> = {}): ApiError {
  return new ApiError(
    401,
    { type: 'security_exception', reason, ...details, header: { 'WWW-Authenticate': SCHEMES } },
    { headers: { 'www-authenticate': SCHEMES } },
  );
}
