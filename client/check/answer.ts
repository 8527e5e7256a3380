import type { Owner } from '../../contracts/feed.ts';
import {
  SourceBadRequestError,
  SourceProxyRefusedError,
  SourceRateLimitedError,
  SourceTooSlowError,
  SourceUnavailableError,
} from '../../contracts/errors.ts';
import { noProxyEntry, unreadNoProxy } from '../../activities/threatconnect/no-proxy.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import type { SourceConfig } from '../../config/config.ts';
import { CORRECT_URL, failedBy, isOfAnother, isRefusal, isTimeout, LET_THROUGH } from './advice.ts';
import { noConnection, type Peer } from './connection.ts';
import { failed, listed, ok, type Outcome } from './step.ts';

/** What came of the first request to ThreatConnect: it tells whether it is there, its clock, and who we are to it. */
export type FirstAnswer = { owners: Owner[] | null; error: unknown; tookMs: number };

export async function firstAnswer(
  source: ThreatConnect,
  signal: AbortSignal,
): Promise<FirstAnswer> {
  const startedMs = performance.now();
  let owners: Owner[] | null = null;
  let error: unknown = null;
  try {
    owners = await source.owners(signal);
  } catch (caught) {
    error = caught;
  }
  return { owners, error, tookMs: Math.round(performance.now() - startedMs) };
}

/** Whoever refuses has answered, if it is ThreatConnect that refuses. */
export function answers(config: SourceConfig, { error, tookMs }: FirstAnswer): Outcome {
  const isAnswered =
    error === null || error instanceof SourceRateLimitedError || isRefusedByIt(error);
  if (isAnswered) return ok(`ThreatConnect answers at ${config.url} (${tookMs} ms)`);
  if (isTimeout(error) || error instanceof SourceTooSlowError) {
    return noConnection(toPeer(config), `timed out after ${tookMs} ms`);
  }
  // an answer with a status of 5xx has no cause
  if (error instanceof SourceUnavailableError && error.cause !== undefined) {
    return noConnection(toPeer(config, error.isOfProxy), wordsOf(error));
  }
  const { detail, remedy } = failedBy(error, 'ThreatConnect');
  if (error instanceof SourceProxyRefusedError) {
    const proxy = proxyOf(config);
    const who = proxy === null ? 'a proxy in between' : `the proxy ${proxy}`;
    return failed(`${who} gives no way to ThreatConnect at ${config.url}: ${detail}`, `${remedy}`);
  }
  return failed(
    `what answers at ${config.url} is not a ThreatConnect that works: ${detail}`,
    isRefusal(error) ? adviceOnFirst(error) : `${remedy}`,
  );
}

function isRefusedByIt(error: unknown): boolean {
  return isRefusal(error) && !(error instanceof SourceBadRequestError) && !isOfAnother(error);
}

/** Of the first request, which holds nothing that people have set but the address. */
function adviceOnFirst(error: Error): string {
  return error instanceof SourceBadRequestError ? CORRECT_URL : `${LET_THROUGH}\n${CORRECT_URL}`;
}

function toPeer(config: SourceConfig, isOfProxy = false): Peer {
  const { url, proxy } = config;
  const passedBy = proxy === null ? null : noProxyEntry(url, proxy.noProxy);
  return {
    name: 'ThreatConnect',
    address: new URL(url).host,
    setting: 'TC_URL',
    certificate: 'TC_CA_FILE',
    proxy: isOfProxy ? proxyOf(config) : null,
    noProxy: proxy === null ? null : noProxyRemark(passedBy, unreadNoProxy(proxy.noProxy)),
  };
}

/** `host:port` of the proxy through which it is reached. */
function proxyOf({ url, proxy }: SourceConfig): string | null {
  if (proxy === null || noProxyEntry(url, proxy.noProxy) !== null) return null;
  return hostAndPort(proxy.url.reveal());
}

function noProxyRemark(passedBy: string | null, unread: readonly string[]): string | null {
  if (passedBy !== null) {
    return `HTTPS_PROXY is not used for it: NO_PROXY names it with ${passedBy}. Take that out where only the proxy reaches it.`;
  }
  return unread.length === 0
    ? null
    : `NO_PROXY has entries that stand for nothing: ${listed(unread)}. Write names, addresses, or blocks such as 10.0.0.0/8.`;
}

/** Never the user and password that may stand before them. */
function hostAndPort(proxy: string): string {
  const { hostname, port, protocol } = new URL(proxy);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}

/** Node tries every address of a name, and says only of each what came of it. */
function wordsOf(error: Error): string {
  const { cause } = error;
  const each = cause instanceof AggregateError ? cause.errors : [];
  const words = [error, ...each].map((one) => (one instanceof Error ? one.message : String(one)));
  return [...new Set(words)].join('; ').replaceAll(/\s+/g, ' ');
}
