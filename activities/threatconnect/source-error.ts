import {
  SourceBadRequestError,
  SourceContractError,
  SourceForbiddenError,
  SourceProxyRefusedError,
  SourceRateLimitedError,
  SourceUnauthorizedError,
  SourceUnavailableError,
} from '../../contracts/errors.ts';
import { parseHttpDate } from './http-date.ts';
import { WANTS_USER } from './connection-error.ts';
import { pageWords } from './html-page.ts';
import { forbiddenCauses, unauthorizedCauses, type Circumstances } from './refusal-causes.ts';

/** The parts of an answer that an error needs, from its head and the beginning of its body. */
export type Refusal = {
  /** Method and path, `GET /api/v3/indicators`; no query, because it may contain an operator's filter. */
  request: string;
  statusCode: number;
  elapsedMs: number;
  retryAfterMs: number | null;
  /** Target of a redirect, scheme and host only: the rest may contain a session id. */
  redirectOrigin: string | null;
  /** A sentence about a source's clock that must be wrong; `null` if it is plausible. */
  clockTrouble: string | null;
  body: string;
  circumstances: Circumstances;
};

/** Request Timeout and Too Early: temporary trouble of a proxy or a server. */
const TRANSIENT = new Set([408, 425]);

/** The server or a proxy gave up, perhaps because the request was too heavy. 524 is Cloudflare's 504. */
const MAY_BE_WEIGHT = new Set([500, 502, 504, 524]);

/**
 * Turns an answer with a status other than 200 into an error.
 *
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/http_status_codes.html
 * @see https://docs.threatconnect.com/en/latest/common_errors.html
 */
export function toSourceError(refusal: Refusal): Error {
  const { statusCode, circumstances } = refusal;
  const said = serverMessage(refusal.body);
  const options = { answer: { statusCode, said } };
  const what = `${refusal.request}: ${statusCode} after ${refusal.elapsedMs} ms${wordsOf(refusal.body, said)}`;
  if (statusCode === 401) {
    const causes = refusal.clockTrouble ?? unauthorizedCauses(said, circumstances);
    return new SourceUnauthorizedError(`${what}; ${causes}`, options);
  }
  if (statusCode === 403) {
    return new SourceForbiddenError(`${what}; ${forbiddenCauses(said, circumstances)}`, options);
  }
  if (statusCode === 407) {
    return new SourceProxyRefusedError(`${what}: that is a proxy’s answer; ${WANTS_USER}`);
  }
  if (statusCode === 429) return new SourceRateLimitedError(what, refusal.retryAfterMs);
  // ThreatConnect documents 503 for "API access has not been licensed"; a proxy's 503 has no JSON
  if (statusCode === 503 && said !== null && /licensed/i.test(said)) {
    return new SourceForbiddenError(what, options);
  }
  if (TRANSIENT.has(statusCode) || statusCode >= 500) {
    return new SourceUnavailableError(what, refusal.retryAfterMs, {
      mayBeWeight: MAY_BE_WEIGHT.has(statusCode),
    });
  }
  if (statusCode >= 300 && statusCode < 400 && refusal.redirectOrigin !== null) {
    return new SourceBadRequestError(
      `${what}: a redirect to ${refusal.redirectOrigin} is not followed, as its target was not signed; is TC_URL the instance's own address?`,
      options,
    );
  }
  if (statusCode < 300) return new SourceContractError(`${what}, but only 200 is an answer`);
  if (statusCode === 404) {
    return new SourceBadRequestError(`${what}; is TC_URL the instance's own address?`, options);
  }
  return new SourceBadRequestError(what, options);
}

/** Checks the envelope of an answer: its `status` must be `Success`. */
export function checkEnvelope(envelope: unknown, request: string): Record<string, unknown> {
  if (typeof envelope !== 'object' || envelope === null || Array.isArray(envelope)) {
    throw new SourceContractError(`${request}: the body is no JSON object`);
  }
  const fields = envelope as Record<string, unknown>;
  const { status, message } = fields;
  if (status !== 'Success') {
    const said = typeof message === 'string' ? ` "${message}"` : '';
    throw new SourceContractError(
      `${request}: status is ${statusWords(status)}, not "Success"${said}`,
    );
  }
  return fields;
}

/** Quotes only a single word: the answer of another system may contain anything there. */
function statusWords(status: unknown): string {
  if (status === undefined) return 'missing';
  return typeof status === 'string' && /^\w{0,20}$/.test(status) ? `"${status}"` : 'something else';
}

/** Scheme and host of `Location`, which may be relative; `null` if there is none. */
export function redirectOrigin(location: string | undefined, base: string): string | null {
  if (location === undefined) return null;
  if (!URL.canParse(location, base)) return 'nowhere';
  const { protocol, host } = new URL(location, base);
  return `${protocol}//${host}`;
}

/** Reads `Retry-After`, which is in seconds or a date; `null` if it is missing or neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const dateMs = parseHttpDate(header);
  return dateMs === null ? null : dateMs - nowMs;
}

function wordsOf(body: string, said: string | null): string {
  if (said !== null) return ` "${said}"`;
  const page = pageWords(body);
  return page === null ? '' : ` with ${page}`;
}

function serverMessage(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const message = (parsed as { message?: unknown } | null)?.message;
    return typeof message === 'string' ? message : null;
  } catch {
    return null; // not JSON, such as a proxy's HTML: nothing to quote
  }
}
