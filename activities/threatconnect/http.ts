import PQueue from 'p-queue';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { SourceTooSlowError, SourceUnavailableError } from '../errors.ts';
import { retryAfterMs, toSourceError } from './answer.ts';
import { requestTarget, type Query } from './request-target.ts';
import { authenticationHeaders, type Credentials, type SecretText } from './signature.ts';
import { SourceClock } from './source-clock.ts';

export type HttpOptions = {
  /** The API's base, `https://tc.example.com/api`, without a trailing slash. */
  url: string;
  credentials: Credentials;
  /** Longest wait for the head of an answer, and between two pieces of its body. */
  httpTimeoutMs: number;
  /** Over all requests; may be below 1. */
  requestsPerSecond: number;
  /** PEM text of the certificate authority, where it is not a public one. */
  ca: string | null;
  proxy: { url: SecretText; noProxy: string } | null;
};

/** What was asked, for error messages, and the body that came, piece by piece. */
export type Answer = {
  request: string;
  /** The source's clock when the request was sent, epoch milliseconds. */
  requestedAtMs: number;
  body: AsyncIterable<Buffer>;
};

/** Codes of a connection that stood and broke. */
const BROKEN: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
const REFUSAL_BYTES_MAX = 16 * 1024;

/**
 * Signed GET requests to one instance. Does not follow redirects; the one thing that it repeats is a request
 * that was answered 401, signed anew.
 */
export class ThreatConnectHttp {
  readonly clock: SourceClock;
  readonly #options: HttpOptions;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #dispatcher: Dispatcher;
  readonly #turns: PQueue;

  constructor(options: HttpOptions, clock = new SourceClock()) {
    this.clock = clock;
    this.#options = options;
    const url = new URL(options.url);
    this.#origin = url.origin;
    this.#basePath = url.pathname.replace(/\/+$/, '');
    this.#dispatcher = toDispatcher(options);
    this.#turns = toTurns(options.requestsPerSecond);
  }

  /**
   * @param path below the API's base, `/v3/indicators`
   * @throws the errors of `toSourceError`, {@link SourceTooSlowError}, {@link SourceUnavailableError}, or the
   *   signal's reason; so do the pieces of the body
   */
  async get(path: string, query: Query, signal: AbortSignal): Promise<Answer> {
    const request = `GET ${this.#basePath}${path}`;
    const target = requestTarget(`${this.#basePath}${path}`, query);
    let answer = await this.#send(request, target, signal);
    if (answer.statusCode === 401) {
      // its `Date` has corrected the clock
      await this.#trouble(request, signal, () => answer.body.dump());
      answer = await this.#send(request, target, signal);
    }
    const { statusCode, headers, body, requestedAtMs } = answer;
    if (statusCode !== 200) {
      throw toSourceError({
        request,
        statusCode,
        retryAfterMs: retryAfterMs(single(headers['retry-after']), this.clock.nowMs()),
        body: await this.#trouble(request, signal, () => beginning(body)),
      });
    }
    return { request, requestedAtMs, body: this.#pieces(request, signal, body) };
  }

  async close(): Promise<void> {
    await this.#dispatcher.close();
  }

  async #send(
    request: string,
    target: string,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData & { requestedAtMs: number }> {
    // before the request is signed, as a signature ages
    await this.#turns.add(() => undefined, { signal });
    const sentMs = this.clock.workerMs();
    const requestedAtMs = this.clock.nowMs();
    const response = await this.#trouble(request, signal, () =>
      this.#dispatcher.request({
        origin: this.#origin,
        path: target,
        method: 'GET',
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          ...authenticationHeaders(this.#options.credentials, 'GET', target, requestedAtMs),
        },
        signal,
      }),
    );
    this.clock.observe(single(response.headers.date), sentMs);
    return { ...response, requestedAtMs };
  }

  async *#pieces(
    request: string,
    signal: AbortSignal,
    body: AsyncIterable<Buffer>,
  ): AsyncGenerator<Buffer> {
    const iterator = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#trouble(request, signal, () => iterator.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  /** Names a connection's trouble; undici's errors are told apart by their code. */
  async #trouble<T>(request: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const code = (error as { code?: unknown }).code;
      if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
        throw new SourceTooSlowError(
          `${request}: nothing came for ${this.#options.httpTimeoutMs} ms (TC_HTTP_TIMEOUT)`,
          { cause: error },
        );
      }
      throw new SourceUnavailableError(`${request}: ${reasonOf(error)}`, null, {
        cause: error,
        mayBeWeight: BROKEN.has(code),
      });
    }
  }
}

/** At most the rate in any second, first come, first served; after a pause a second's worth at once. */
function toTurns(requestsPerSecond: number): PQueue {
  const intervalCap = Math.max(1, Math.round(requestsPerSecond));
  const interval = (intervalCap / requestsPerSecond) * 1_000;
  return new PQueue({ strict: true, intervalCap, interval });
}

function toDispatcher(options: HttpOptions): Dispatcher {
  const tls = options.ca === null ? {} : { ca: options.ca };
  const common = {
    headersTimeout: options.httpTimeoutMs,
    bodyTimeout: options.httpTimeoutMs,
    connect: { timeout: Math.min(options.httpTimeoutMs, 30_000), ...tls },
  };
  if (options.proxy === null) return new Agent(common);
  return new EnvHttpProxyAgent({
    ...common,
    httpProxy: options.proxy.url.reveal(),
    httpsProxy: options.proxy.url.reveal(),
    noProxy: options.proxy.noProxy,
    requestTls: tls,
  });
}

async function beginning(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= REFUSAL_BYTES_MAX) break;
  }
  return Buffer.concat(pieces).toString();
}

/** The code and the plain words of a network error; never its options, which hold the headers. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return [code, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
