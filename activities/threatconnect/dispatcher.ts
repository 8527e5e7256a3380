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
  /** PEM text of the certificate authority; `null` if it is a public one. */
  ca: string | null;
  /** `noProxy`: hosts to reach directly, in the form of `NO_PROXY`. */
  proxy: { url: SecretText; noProxy: string } | null;
};

const CONNECT_TIMEOUT_MAX_MS = 30_000;

/** Creates the connections to the source. They use only HTTP/1.1: one request at a time on each connection. */
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
    // otherwise a request would wait five minutes for a proxy that does not answer CONNECT
    clientFactory: (origin, options) => toProxy(origin, { ...options, headersTimeout: timeout }),
  });
}

const OF_PROXY = new WeakSet<object>();

/** Whether an error occurred before the tunnel through the proxy was open. */
export function isOfProxy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return OF_PROXY.has(error) || isOfProxy(error.cause);
}

/** The connections to the proxy. Marks their errors, because these look like errors of the source. */
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

/** Removes a TLS server name that is an IP address: undici would send it, and Node warns about that (DEP0123). */
function withoutServerAddress(connector: buildConnector.connector): buildConnector.connector {
  return ({ servername = '', ...options }, callback) => {
    connector(isIP(servername) === 0 ? { servername, ...options } : options, callback);
  };
}

/** Address of the proxy in front of the source, without its credentials; `null` if the connection is direct. */
export function proxyAddress(options: ConnectionOptions): string | null {
  return proxyOf(options)?.address ?? null;
}

function proxyOf({ url, proxy }: ConnectionOptions): ReturnType<typeof readProxy> | null {
  if (proxy === null || noProxyEntry(url, proxy.noProxy) !== null) return null;
  return readProxy(proxy.url);
}

/** Decodes the credentials here, because undici would fail on a single percent sign. */
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
