import {
  SourceBadRequestError,
  SourceProxyRefusedError,
  SourceTooSlowError,
  SourceUnavailableError,
} from '../../contracts/errors.ts';
import { isOfProxy } from './dispatcher.ts';

/** The facts about an open request that an error needs. */
export type Exchange = {
  /** Method and path, `GET /api/v3/indicators`; no query, because it may contain an operator's filter. */
  readonly request: string;
  /** When the request left the queue, by `performance.now()`. */
  beganMs: number;
  /** The connection was open and the request was sent on it. */
  sent: boolean;
};

export function elapsedMs({ beganMs }: Exchange): number {
  return Math.round(performance.now() - beganMs);
}

export type Route = {
  /** `https://tc.example.com` */
  origin: string;
  /** Address of the proxy, without its credentials. */
  proxy: string | null;
  httpTimeoutMs: number;
};

const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * Turns an error of the connection into an error of the source. The result depends on the code and on whether the
 * request was sent: a later error may be due to the weight of the answer.
 */
export function toConnectionError(error: unknown, exchange: Exchange, route: Route): Error {
  const { request } = exchange;
  const { code } = error as { code?: unknown };
  const options = { cause: error };
  const after = `after ${elapsedMs(exchange)} ms`;
  if (exchange.sent) {
    return code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT'
      ? new SourceTooSlowError(
          `${request}: nothing came for ${route.httpTimeoutMs} ms (TC_HTTP_TIMEOUT), ${after} in all`,
          options,
        )
      : new SourceUnavailableError(
          `${request}: the connection broke ${after} (${reasonOf(error)})`,
          null,
          { ...options, mayBeWeight: true },
        );
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return new SourceBadRequestError(
      `${request}: cannot be sent (${reasonOf(error)}); is there an odd character in TC_API_TOKEN?`,
      options,
    );
  }
  const refused = proxyRefusal(error);
  if (refused !== null) {
    const what = `${request}: the proxy ${route.proxy} answered ${refused} to CONNECT`;
    if (refused === 407) return new SourceProxyRefusedError(`${what}: ${WANTS_USER}`, options);
    return refused === 403
      ? new SourceProxyRefusedError(`${what}: it does not let through to ${route.origin}`, options)
      : new SourceUnavailableError(what, null, { ...options, isOfProxy: true });
  }
  // without a tunnel (plain http) the only connection is the one to the proxy
  const ofProxy = route.proxy !== null && (isOfProxy(error) || route.origin.startsWith('http:'));
  const proxy = route.proxy === null ? '' : ` (HTTPS_PROXY: ${route.proxy})`;
  return new SourceUnavailableError(
    `${request}: no connection to ${ofProxy ? 'the proxy' : route.origin}${proxy} ` +
      `${after} (${reasonOf(error)})${certificateHint(code)}`,
    null,
    { ...options, isOfProxy: ofProxy },
  );
}

/** Meaning of status 407. */
export const WANTS_USER =
  'it wants a user name and a password, or others than those in HTTPS_PROXY';

/** The status with which a proxy refused the tunnel. Undici gives it only in the message. */
function proxyRefusal(error: unknown): number | null {
  const { message } = error as { message?: unknown };
  const status = /^Proxy response \((\d{3})\) !== 200 when HTTP Tunneling$/.exec(String(message));
  return status === null ? null : Number(status[1]);
}

function certificateHint(code: unknown): string {
  if (typeof code !== 'string') return '';
  if (UNKNOWN_AUTHORITY.has(code)) {
    return '; the certificate is signed by no authority that is known here: name yours in TC_CA_FILE';
  }
  if (code === 'UND_ERR_PRX_TLS') {
    return "; the proxy's certificate is for another host name: is HTTPS_PROXY its own?";
  }
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID'
    ? "; the certificate is for another host name: is TC_URL the instance's own?"
    : '';
}

/** The code and the message of a network error, on one line; never its options, which contain the headers. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return [code, message]
    .flatMap((part) => (typeof part === 'string' ? part.replaceAll(/\s+/g, ' ').trim() : []))
    .filter((part) => part !== '')
    .join(': ');
}
