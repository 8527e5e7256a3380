import { createHmac } from 'node:crypto';
import type { SecretText } from '../../contracts/secret-text.ts';

export type Credentials =
  | { scheme: 'hmac'; accessId: string; secretKey: SecretText }
  | { scheme: 'token'; token: SecretText };

/**
 * Headers that authenticate one request. HMAC covers the request target byte for byte as it is sent, so the target must
 * not be re-encoded afterwards; the body is not signed. A signature is valid for five minutes around `epochMs`, so each
 * attempt gets a new one.
 *
 * @param target path and query with the API's prefix, `/api/v3/indicators?resultLimit=1`
 * @param epochMs the source's clock
 * @see https://docs.threatconnect.com/en/latest/rest_api/quick_start.html
 */
export function authenticationHeaders(
  credentials: Credentials,
  method: 'GET',
  target: string,
  epochMs: number,
): { authorization: string; timestamp?: string } {
  if (credentials.scheme === 'token') {
    return { authorization: `TC-Token ${credentials.token.reveal()}` };
  }
  const timestamp = Math.floor(epochMs / 1000);
  const signature = createHmac('sha256', credentials.secretKey.reveal())
    .update(`${target}:${method}:${timestamp}`)
    .digest('base64');
  return {
    timestamp: String(timestamp),
    authorization: `TC ${credentials.accessId}:${signature}`,
  };
}
