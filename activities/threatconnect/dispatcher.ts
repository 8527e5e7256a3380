import { getCACertificates } from 'node:tls';
import { Agent, EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import type { SecretText } from './signature.ts';

export type ConnectionOptions = {
  /** Longest wait for the head of an answer, and between two pieces of its body. */
  httpTimeoutMs: number;
  /** PEM text of the certificate authority, where it is not a public one. */
  ca: string | null;
  /** `noProxy`: hosts that are reached directly, in the form of `NO_PROXY`. */
  proxy: { url: SecretText; noProxy: string } | null;
};

const CONNECT_TIMEOUT_MAX_MS = 30_000;

/** The connections to the source, HTTP/1.1 alone: one request at a time on each. */
export function createDispatcher({ httpTimeoutMs, ca, proxy }: ConnectionOptions): Dispatcher {
  const timeout = Math.min(httpTimeoutMs, CONNECT_TIMEOUT_MAX_MS);
  const tls = ca === null ? { timeout } : { timeout, ca };
  const common = {
    allowH2: false,
    headersTimeout: httpTimeoutMs,
    bodyTimeout: httpTimeoutMs,
    connect: tls,
  };
  if (proxy === null) return new Agent(common);
  const { address, authorization } = readProxy(proxy.url);
  return new EnvHttpProxyAgent({
    ...common,
    httpProxy: address,
    httpsProxy: address,
    noProxy: proxy.noProxy,
    ...(authorization === null ? {} : { token: authorization }),
    requestTls: tls,
    proxyTls: { timeout, ...(ca === null ? {} : { ca: [...getCACertificates('default'), ca] }) },
    // a proxy that does not answer CONNECT would else be waited for five minutes
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: timeout }),
  });
}

/** A proxy's address without its credentials, as it may stand in a message. */
export function proxyAddress(proxy: ConnectionOptions['proxy']): string | null {
  return proxy === null ? null : readProxy(proxy.url).address;
}

/** The client would decode the credentials itself, and fail on a lone percent sign. */
function readProxy(secret: SecretText): { address: string; authorization: string | null } {
  const { origin, username, password } = new URL(secret.reveal());
  if (username === '' && password === '') return { address: origin, authorization: null };
  const credentials = Buffer.from(`${decoded(username)}:${decoded(password)}`);
  return { address: origin, authorization: `Basic ${credentials.toString('base64')}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
