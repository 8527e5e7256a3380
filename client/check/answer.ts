import type { Owner } from '../../contracts/feed.ts';
import {
  SourceForbiddenError,
  SourceRateLimitedError,
  SourceTooSlowError,
  SourceUnauthorizedError,
  SourceUnavailableError,
} from '../../contracts/errors.ts';
import { noProxyEntry, unreadNoProxy } from '../../activities/threatconnect/no-proxy.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import type { SourceConfig } from '../../config/config.ts';
import { failedBy, isTimeout } from './advice.ts';
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

/** Whoever refuses has answered. */
export function answers(config: SourceConfig, { error, tookMs }: FirstAnswer): Outcome {
  if (error === null || isRefusal(error)) {
    return ok(`ThreatConnect answers at ${config.url} (${tookMs} ms)`);
  }
  const peer = toPeer(config);
  if (isTimeout(error) || error instanceof SourceTooSlowError) {
    return noConnection(peer, `timed out after ${tookMs} ms`);
  }
  // an answer with a status of 5xx has no cause
  if (error instanceof SourceUnavailableError && error.cause !== undefined) {
    return noConnection(peer, wordsOf(error));
  }
  const { detail, remedy } = failedBy(error, 'ThreatConnect');
  return failed(
    `what answers at ${config.url} is not a ThreatConnect that works: ${detail}`,
    `${remedy}`,
  );
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof SourceUnauthorizedError ||
    error instanceof SourceForbiddenError ||
    error instanceof SourceRateLimitedError
  );
}

function toPeer({ url, proxy }: SourceConfig): Peer {
  const passedBy = proxy === null ? null : noProxyEntry(url, proxy.noProxy);
  return {
    name: 'ThreatConnect',
    address: new URL(url).host,
    setting: 'TC_URL',
    certificate: 'TC_CA_FILE',
    proxy: proxy === null || passedBy !== null ? null : hostAndPort(proxy.url.reveal()),
    noProxy: proxy === null ? null : noProxyRemark(passedBy, unreadNoProxy(proxy.noProxy)),
  };
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
  return [...new Set(words)].join('; ');
}
