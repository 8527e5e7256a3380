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

/** Result of the first request. It shows whether ThreatConnect answers, its clock, and whether it accepts us. */
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

/** A refusal counts as an answer if it comes from ThreatConnect itself. */
export function answers(config: SourceConfig, { error, tookMs }: FirstAnswer): Outcome {
  const isAnswered =
    error === null || error instanceof SourceRateLimitedError || isRefusedByIt(error);
  if (isAnswered) return ok(`ThreatConnect answers at ${config.url} (${tookMs} ms)`);
  if (isTimeout(error) || error instanceof SourceTooSlowError) {
    return noConnection(toPeer(config), `timed out after ${tookMs} ms`);
  }
  // the error of a 5xx answer has no `cause`
  if (error instanceof SourceUnavailableError && error.cause !== undefined) {
    return noConnection(toPeer(config, error.isOfProxy), wordsOf(error));
  }
  const { detail, remedy } = failedBy(error, 'ThreatConnect');
  if (error instanceof SourceProxyRefusedError) {
    const proxy = proxyOf(config);
    const who = proxy === null ? 'a proxy in between' : `the proxy ${proxy}`;
    return failed(
      `${who} does not connect to ThreatConnect at ${config.url}: ${detail}`,
      `${remedy}`,
    );
  }
  return failed(
    `the server at ${config.url} is not a working ThreatConnect: ${detail}`,
    isRefusal(error) ? adviceOnFirst(error) : `${remedy}`,
  );
}

function isRefusedByIt(error: unknown): boolean {
  return isRefusal(error) && !(error instanceof SourceBadRequestError) && !isOfAnother(error);
}

/** The remedy if the first request is refused. The address is the only setting that shapes this request. */
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

/** `host:port` of the proxy in front of ThreatConnect; `null` if the connection is direct. */
function proxyOf({ url, proxy }: SourceConfig): string | null {
  if (proxy === null || noProxyEntry(url, proxy.noProxy) !== null) return null;
  return hostAndPort(proxy.url.reveal());
}

function noProxyRemark(passedBy: string | null, unread: readonly string[]): string | null {
  if (passedBy !== null) {
    return `HTTPS_PROXY is not used for ThreatConnect, because NO_PROXY contains ${passedBy}. Remove that entry if only the proxy can reach ThreatConnect.`;
  }
  return unread.length === 0
    ? null
    : `NO_PROXY has entries that have no effect: ${listed(unread)}. Write names, addresses, or blocks such as 10.0.0.0/8.`;
}

/** Leaves out the user name and the password in the URL. */
function hostAndPort(proxy: string): string {
  const { hostname, port, protocol } = new URL(proxy);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}

/** Node tries every address of a host name and gives one error for each address, without a summary. */
function wordsOf(error: Error): string {
  const { cause } = error;
  const each = cause instanceof AggregateError ? cause.errors : [];
  const words = [error, ...each].map((one) => (one instanceof Error ? one.message : String(one)));
  return [...new Set(words)].join('; ').replaceAll(/\s+/g, ' ');
}
