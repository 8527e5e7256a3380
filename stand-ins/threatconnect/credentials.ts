import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './api-error.ts';
import type { ApiUser, Users } from './users.ts';

/** Allowed distance between `Timestamp` and the server's clock. @see the vendor's "Quick Start" page */
const MAX_SKEW_MS = 5 * 60 * 1000;

export interface Credentials {
  /** The API user's `userName`, 20 digits. */
  accessId: string;
  /** Used as raw UTF-8, never base64-decoded. */
  secretKey: string;
  /** `null`: no token is valid. */
  apiToken: string | null;
  /** Epoch milliseconds; `null`: the token does not expire. */
  apiTokenExpiresMs: number | null;
}

export const DEFAULT_CREDENTIALS: Readonly<Credentials> = {
  accessId: '12345678901234567890',
  secretKey: 's3cr3t$%Key/+=&with^odd!chars',
  apiToken: null,
  apiTokenExpiresMs: null,
};

export interface SignedRequest {
  method: string;
  /** The request target, exactly as it was received. */
  target: string;
  headers: IncomingHttpHeaders;
}

/**
 * Checks the authentication of a request.
 *
 * The signature is over `<raw target>:<METHOD>:<Timestamp>`; any other spelling of the same query is refused.
 *
 * @returns the API user; `null`: the one of the start options, who also owns the tokens
 * @throws {ApiError} 401 or 403 with the vendor's messages
 * @see the vendor's "Quick Start" page (both schemes, five minutes, 403 without authentication) and its
 *   "Common Errors" page (texts)
 */
export function authenticate(
  request: SignedRequest,
  { credentials, users }: { credentials: Credentials; users: Users },
  nowMs: number,
  unknownAccessIdStatus: 401 | 403,
): ApiUser | null {
  const [scheme, ...rest] = (request.headers.authorization ?? '').split(' ');
  const value = rest.join(' ');
  if (scheme === 'TC-Token') {
    checkToken(value, credentials, nowMs);
    return null;
  }
  if (scheme !== 'TC') throw new ApiError('forbidden', 'Access Denied');

  const colon = value.indexOf(':');
  const accessId = value.slice(0, Math.max(0, colon));
  const user = accessId === credentials.accessId ? null : (users.find(accessId) ?? 'unknown');
  if (colon < 0 || user === 'unknown') {
    const kind = unknownAccessIdStatus === 401 ? 'unauthorized' : 'forbidden';
    throw new ApiError(kind, 'Access Denied');
  }
  const timestamp = request.headers['timestamp'];
  if (typeof timestamp !== 'string' || !/^\d{1,15}$/.test(timestamp)) {
    throw new ApiError('unauthorized', 'Invalid timestamp');
  }
  if (Math.abs(Number(timestamp) * 1000 - nowMs) > MAX_SKEW_MS) {
    throw new ApiError('unauthorized', 'Timestamp out of acceptable time range');
  }
  const { secretKey } = user ?? credentials;
  const expected = sign(secretKey, request.target, request.method, timestamp);
  if (!equalInConstantTime(value.slice(colon + 1), expected)) throw signatureMismatch();
  return user;
}

/** The error for a wrong signature, and also for a badly encoded query: a 401 does not prove a wrong secret. */
export function signatureMismatch(): ApiError {
  return new ApiError('unauthorized', 'Signature data did not match expected result');
}

export function sign(secretKey: string, target: string, method: string, timestamp: string): string {
  return createHmac('sha256', Buffer.from(secretKey, 'utf8'))
    .update(`${target}:${method}:${timestamp}`)
    .digest('base64');
}

function checkToken(token: string, credentials: Credentials, nowMs: number): void {
  const { apiToken, apiTokenExpiresMs } = credentials;
  const expired = apiTokenExpiresMs !== null && nowMs >= apiTokenExpiresMs;
  if (apiToken === null || expired || !equalInConstantTime(token, apiToken)) {
    throw new ApiError('unauthorized', 'Unauthorized');
  }
}

function equalInConstantTime(given: string, expected: string): boolean {
  const left = Buffer.from(given, 'utf8');
  const right = Buffer.from(expected, 'utf8');
  return left.length === right.length && timingSafeEqual(left, right);
}
