import PQueue from 'p-queue';
import type { Dispatcher } from 'undici';
import { SourceContractError, SourceUnavailableError } from '../../contracts/errors.ts';
import { redirectOrigin, retryAfterMs, toSourceError } from './source-error.ts';
import { elapsedMs, toConnectionError, type Exchange, type Route } from './connection-error.ts';
import { createDispatcher, proxyAddress, type ConnectionOptions } from './dispatcher.ts';
import { pageWords } from './html-page.ts';
import { toOutgoing, type Outgoing, type Query } from './request-target.ts';
import { authenticationHeaders, type Credentials } from './signature.ts';
import { SourceClock, type Doubt } from './source-clock.ts';

export type HttpOptions = ConnectionOptions & {
  credentials: Credentials;
  /** Limit for all requests together; may be below 1. */
  requestsPerSecond: number;
  observer?: SourceObserver;
};

/** Is called for every request, for metrics. */
export type SourceObserver = {
  /**
   * @param status `null` if no answer came
   * @param waitedMs time in the queue before the request was sent
   * @param tookMs time from then to the head of the answer
   */
  answered(status: number | null, waitedMs: number, tookMs: number): void;
  /** A body has ended, or its reader has stopped. */
  received(bytes: number): void;
};

/** An answer: the request, for error messages, and the body, piece by piece. */
export type Answer = {
  request: string;
  /** The source's clock when the request was sent, epoch milliseconds. */
  requestedAtMs: number;
  body: AsyncIterable<Buffer>;
};

type Response = {
  exchange: Exchange;
  requestedAtMs: number;
  /** The `authorization` header that was sent. */
  authorization: string;
  statusCode: number;
  headers: Dispatcher.ResponseData['headers'];
  body: AsyncIterable<Buffer>;
};

const REFUSAL_BYTES_MAX = 16 * 1024;

/** If a connection had already ended before the request was sent on it, it breaks within one round trip. */
const BREAKS_AT_ONCE_MS = 1_000;

/**
 * Sends signed GET requests to one instance. Does not follow redirects. Repeats a request once, without a pause, in two
 * cases: after a 401, with a new signature; and if the connection broke at once, before an answer, for example because
 * it had ended while it was idle.
 */
export class ThreatConnectHttp {
  readonly clock: SourceClock;
  readonly #credentials: Credentials;
  readonly #basePath: string;
  readonly #route: Route;
  readonly #dispatcher: Dispatcher;
  readonly #turns: PQueue;
  readonly #observer: SourceObserver | undefined;
  #wasAccepted = false;

  constructor(options: HttpOptions, clock = new SourceClock()) {
    const { origin, pathname } = new URL(options.url);
    this.clock = clock;
    this.#credentials = options.credentials;
    this.#basePath = pathname.replace(/\/+$/, '');
    this.#route = {
      origin,
      proxy: proxyAddress(options),
      httpTimeoutMs: options.httpTimeoutMs,
    };
    this.#dispatcher = createDispatcher(options);
    this.#turns = toTurns(options.requestsPerSecond);
    this.#observer = options.observer;
  }

  /**
   * @param path below the API's base, `/v3/indicators`
   * @throws the errors of `toSourceError` and `toConnectionError`, {@link SourceContractError}, or the signal's reason;
   * reading the body throws the same errors
   */
  async get(path: string, query: Query, signal: AbortSignal): Promise<Answer> {
    const request = `GET ${this.#basePath}${path}`;
    const outgoing = toOutgoing(`${this.#basePath}${path}`, query);
    let response = await this.#ask(request, outgoing, signal);
    if (response.statusCode === 401) {
      // the `Date` of this answer has corrected the clock
      await beginning(response.body, signal);
      response = await this.#ask(request, outgoing, signal);
    }
    const { statusCode, headers, body, requestedAtMs, exchange } = response;
    if (statusCode !== 200) {
      throw toSourceError({
        request,
        statusCode,
        elapsedMs: elapsedMs(exchange),
        retryAfterMs: retryAfterMs(single(headers['retry-after']), this.clock.nowMs()),
        clockTrouble: this.clock.disagreement(single(headers.date)),
        redirectOrigin: redirectOrigin(single(headers.location), this.#route.origin),
        body: withoutCredentials(await beginning(body, signal), response.authorization),
        circumstances: {
          scheme: this.#credentials.scheme,
          isPlain: this.#route.origin.startsWith('http:'),
          wasAccepted: this.#wasAccepted,
          mayNameOwners: !path.startsWith('/v3/security/'),
        },
      });
    }
    const encoding = single(headers['content-encoding']) ?? 'identity';
    if (!/^identity$/i.test(encoding)) {
      await beginning(body, signal);
      throw new SourceContractError(
        `${request}: the body is compressed although that was not asked for; a proxy's doing?`,
      );
    }
    return { request, requestedAtMs, body: this.#pieces(exchange, signal, body) };
  }

  async close(): Promise<void> {
    await this.#dispatcher.close();
  }

  /** Sends again if the connection broke at once: an idle connection has probably ended, whatever the request is. */
  async #ask(request: string, outgoing: Outgoing, signal: AbortSignal): Promise<Response> {
    const exchange = beginExchange(request);
    try {
      return await this.#send(exchange, outgoing, signal);
    } catch (error) {
      const isBroken = exchange.sent && error instanceof SourceUnavailableError;
      if (!isBroken || elapsedMs(exchange) > BREAKS_AT_ONCE_MS) throw error;
      return this.#send(beginExchange(request), outgoing, signal);
    }
  }

  async #send(
    exchange: Exchange,
    { target, body: sent }: Outgoing,
    signal: AbortSignal,
  ): Promise<Response> {
    // waits before it signs the request, because a signature expires
    const cameMs = performance.now();
    await this.#turns.add(() => undefined, { signal });
    const sentMs = this.clock.workerMs();
    const requestedAtMs = this.clock.nowMs();
    const beganMs = performance.now();
    exchange.beganMs = beganMs;
    const authentication = authenticationHeaders(this.#credentials, 'GET', target, requestedAtMs);
    const { statusCode, headers, body } = await this.#trouble(exchange, signal, () =>
      this.#dispatcher
        .compose((dispatch) => (options, handler) => dispatch(options, tellSent(handler, exchange)))
        .request({
          origin: this.#route.origin,
          path: target,
          method: 'GET',
          headers: {
            accept: 'application/json',
            'accept-encoding': 'identity',
            ...(sent === null ? {} : { 'content-type': 'application/json' }),
            ...authentication,
          },
          body: sent,
          signal,
        }),
    ).catch((error: unknown) => {
      this.#observer?.answered(null, beganMs - cameMs, performance.now() - beganMs);
      throw error;
    });
    this.#observer?.answered(statusCode, beganMs - cameMs, performance.now() - beganMs);
    const doubt = doubtOf(statusCode, headers);
    const isTimed = this.#credentials.scheme === 'hmac' && statusCode === 200;
    if (doubt !== null) this.clock.distrust(doubt);
    else this.clock.observe(single(headers.date), sentMs, isTimed ? requestedAtMs : null);
    const { authorization } = authentication;
    return { exchange, requestedAtMs, authorization, statusCode, headers, body };
  }

  async *#pieces(
    exchange: Exchange,
    signal: AbortSignal,
    body: AsyncIterable<Buffer>,
  ): AsyncGenerator<Buffer> {
    const iterator = body[Symbol.asyncIterator]();
    let isFirst = true;
    let bytes = 0;
    try {
      for (;;) {
        const next = await this.#trouble(exchange, signal, () => iterator.next());
        if (next.done === true) return;
        if (isFirst) refusePage(exchange.request, next.value);
        isFirst = false;
        this.#wasAccepted = true;
        bytes += next.value.length;
        yield next.value;
      }
    } finally {
      this.#observer?.received(bytes);
      await iterator.return?.();
    }
  }

  /** Turns errors of the connection into errors of the source. */
  async #trouble<T>(exchange: Exchange, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw toConnectionError(error, exchange, this.#route);
    }
  }
}

function beginExchange(request: string): Exchange {
  return { request, beganMs: performance.now(), sent: false };
}

/** Keeps to the rate in every second, first come, first served. After a pause, a second's requests may go at once. */
function toTurns(requestsPerSecond: number): PQueue {
  const intervalCap = Math.max(1, Math.round(requestsPerSecond));
  const interval = (intervalCap / requestsPerSecond) * 1_000;
  return new PQueue({ strict: true, intervalCap, interval });
}

/** Notes that the request is sent, which happens only on an open connection. */
function tellSent(
  handler: Dispatcher.DispatchHandler,
  exchange: Exchange,
): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...args) => {
      exchange.sent = true;
      handler.onRequestStart?.(...args);
    },
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}

/** Refuses an HTML page: an instance behind a log-in page or a proxy answers 200 with one. */
function refusePage(request: string, piece: Buffer): void {
  const words = pageWords(piece.toString('utf8', 0, REFUSAL_BYTES_MAX));
  if (words !== null) {
    throw new SourceContractError(`${request}: 200 with ${words} instead of JSON`);
  }
}

/** The beginning of a refusal's body. If the body breaks off, the part that came: the status is more important. */
async function beginning(body: AsyncIterable<Buffer>, signal: AbortSignal): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of body) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= REFUSAL_BYTES_MAX) break;
    }
  } catch {
    if (signal.aborted) throw signal.reason;
  }
  return Buffer.concat(pieces).toString();
}

/** Why a `Date` may come from a proxy's page or from a cache; `null` if it is the instance's own. */
function doubtOf(statusCode: number, headers: Response['headers']): Doubt | null {
  const notBelieved = (sign: Doubt['sign'], why: string) => {
    return { sign, words: `has a Date that is not believed, as ${why}` };
  };
  const type = single(headers['content-type']);
  if (statusCode !== 200 && statusCode !== 401) {
    return notBelieved('status', `its status is ${statusCode}`);
  }
  if (type === undefined) return notBelieved('Content-Type', 'it has no Content-Type');
  if (!/[/+]json\b/i.test(type)) {
    return notBelieved('Content-Type', 'its Content-Type is not JSON');
  }
  return headers.age === undefined ? null : notBelieved('cache', 'it comes from a cache (Age)');
}

/** Removes the credentials from a server's text, which may repeat the request's headers. */
function withoutCredentials(text: string, authorization: string): string {
  const [, credentials = ''] = authorization.split(' ');
  const [, signature = ''] = credentials.split(':');
  return [credentials, signature]
    .flatMap((part) => (part.length > 3 ? [part, part.replaceAll('/', '\\/')] : []))
    .reduce((clean, part) => clean.replaceAll(part, '[credentials]'), text);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
