import {
  SourceBadRequestError,
  SourceProxyRefusedError,
  SourceTooSlowError,
  SourceUnavailableError,
} from '../../contracts/errors.ts';
import { isOfProxy } from './dispatcher.ts';

/** One request under way, as far as an error needs it. */
export type Exchange = {
  /** What was asked, `GET /api/v3/indicators`; no query, as it may hold an operator's filter. */
  readonly request: string;
  /** When it left its turn, by `performance.now()`. */
  beganMs: number;
  /** The connection stood and the request went out on it. */
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
 * What an error of the connection means. Errors are told apart by their code and by whether the request had
 * left: what happens after that may be due to the weight of the answer.
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
  // what is not tunnelled goes to the proxy alone
  const ofProxy = route.proxy !== null && (isOfProxy(error) || route.origin.startsWith('http:'));
  const proxy = route.proxy === null ? '' : ` (HTTPS_PROXY: ${route.proxy})`;
  return new SourceUnavailableError(
    `${request}: no connection to ${ofProxy ? 'the proxy' : route.origin}${proxy} ` +
      `${after} (${reasonOf(error)})${certificateHint(code)}`,
    null,
    { ...options, isOfProxy: ofProxy },
  );
}

/** What 407 means. */
export const WANTS_USER =
  'it wants a user name and a password, or others than those in HTTPS_PROXY';

/** The status with which a proxy refused the tunnel. Undici says it in words only. */
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

/** The code and the plain words of a network error, on one line; never its options, which hold the headers. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return [code, message]
    .flatMap((part) => (typeof part === 'string' ? part.replaceAll(/\s+/g, ' ').trim() : []))
    .filter((part) => part !== '')
    .join(': ');
}
