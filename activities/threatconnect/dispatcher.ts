import { isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import { Agent, Pool, ProxyAgent, type buildConnector, type Dispatcher } from 'undici';
import { noProxyEntry } from './no-proxy.ts';
import type { SecretText } from '../../contracts/secret-text.ts';

export type ConnectionOptions = {
  /** The API's base, `https://tc.example.com/api`, without a trailing slash. */
  url: string;
  /** Longest wait for the head of an answer, and between two pieces of its body. */
  httpTimeoutMs: number;
  /** PEM text of the certificate authority, where it is not a public one. */
  ca: string | null;
  /** `noProxy`: hosts that are reached directly, in the form of `NO_PROXY`. */
  proxy: { url: SecretText; noProxy: string } | null;
};

const CONNECT_TIMEOUT_MAX_MS = 30_000;

/** The connections to the source, HTTP/1.1 alone: one request at a time on each. */
export function createDispatcher(options: ConnectionOptions): Dispatcher {
  const { httpTimeoutMs, ca } = options;
  const timeout = Math.min(httpTimeoutMs, CONNECT_TIMEOUT_MAX_MS);
  const tls = ca === null ? { timeout } : { timeout, ca };
  const common = {
    allowH2: false,
    headersTimeout: httpTimeoutMs,
    bodyTimeout: httpTimeoutMs,
    connect: tls,
  };
  const proxy = proxyOf(options);
  if (proxy === null) return new Agent(common);
  const { address, authorization } = proxy;
  return new ProxyAgent({
    ...common,
    uri: address,
    ...(authorization === null ? {} : { token: authorization }),
    requestTls: tls,
    proxyTls: { timeout, ...(ca === null ? {} : { ca: [...getCACertificates('default'), ca] }) },
    // a proxy that does not answer CONNECT would else be waited for five minutes
    clientFactory: (origin, options) => toProxy(origin, { ...options, headersTimeout: timeout }),
  });
}

const OF_PROXY = new WeakSet<object>();

/** Whether an error came before the tunnel through the proxy stood. */
export function isOfProxy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return OF_PROXY.has(error) || isOfProxy(error.cause);
}

/** The connections to the proxy. Their errors are like those of the source behind it, so they are marked. */
function toProxy(origin: URL, options: Pool.Options): Pool {
  const { connect: connector, ...others } = options;
  const pool = new Pool(origin, {
    ...others,
    ...(typeof connector === 'function' ? { connect: withoutServerAddress(connector) } : {}),
  });
  const open = pool.connect.bind(pool) as (params: unknown) => Promise<Dispatcher.ConnectData>;
  return Object.assign(pool, {
    connect: (params: unknown) =>
      open(params).catch((error: Error) => {
        OF_PROXY.add(error);
        throw error;
      }),
  });
}

/** The client names the proxy in its TLS also if it has an address only, of which Node warns (DEP0123). */
function withoutServerAddress(connector: buildConnector.connector): buildConnector.connector {
  return ({ servername = '', ...options }, callback) => {
    connector(isIP(servername) === 0 ? { servername, ...options } : options, callback);
  };
}

/** The proxy through which the source is reached, without its credentials; `null`: it is reached directly. */
export function proxyAddress(options: ConnectionOptions): string | null {
  return proxyOf(options)?.address ?? null;
}

function proxyOf({ url, proxy }: ConnectionOptions): ReturnType<typeof readProxy> | null {
  if (proxy === null || noProxyEntry(url, proxy.noProxy) !== null) return null;
  return readProxy(proxy.url);
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
