import { errors } from '@elastic/elasticsearch';
import {
  SinkBusyError,
  SinkForbiddenError,
  SinkMisconfiguredError,
  SinkOverloadedError,
  SinkTooLargeError,
  SinkUnauthorizedError,
  SinkUnavailableError,
} from '../../contracts/errors.ts';
import { lackingPrivilege } from './lacking-privilege.ts';

/**
 * Runs one request and turns an error into one of the sink's errors. The reason in Elasticsearch's error may quote a
 * document's values, so only its type is reported.
 *
 * @param what request, for the message: `POST logs-…/_bulk`
 * @throws the sink's errors, or the signal's reason: the client reports an abort as a broken connection
 */
export async function atSink<T>(
  what: string,
  signal: AbortSignal,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw toSinkError(what, error);
  }
}

function toSinkError(what: string, error: unknown): unknown {
  if (error instanceof errors.ResponseError) {
    const status = error.statusCode ?? 0;
    const type = errorType(error.body);
    const message = `${what}: ${status} ${type}`;
    const denial = toDenial(status, type, message, { cause: error, reason: reasonIn(error.body) });
    if (denial !== null) return denial;
    if (status === 429) {
      return overloaded(message, type, retryAfterMs(error.headers), { cause: error });
    }
    if (status === 413) {
      const why =
        'the request is larger than Elasticsearch (`http.max_content_length`) or a proxy in front of it accepts';
      return new SinkTooLargeError(`${message}; ${why}`, { cause: error });
    }
    const retryAfter = retryAfterMs(error.headers);
    if (status === 503) return new SinkBusyError(message, retryAfter, { cause: error });
    if (status >= 500 || status === 408) {
      return new SinkUnavailableError(message, retryAfter, { cause: error });
    }
    return new SinkMisconfiguredError(message, { cause: error });
  }
  if (error instanceof errors.ProductNotSupportedError) {
    return new SinkMisconfiguredError(
      `${what}: the server is not Elasticsearch, or a proxy drops its X-Elastic-Product header`,
      { cause: error },
    );
  }
  if (error instanceof errors.ConnectionError && NOT_BUILT.test(error.message)) {
    return new SinkUnauthorizedError(
      `${what}: cannot be sent (${wordsOf(error)}); is there an odd character in ES_API_KEY, ES_USERNAME or ES_PASSWORD?`,
      { cause: error },
    );
  }
  if (error instanceof errors.ConnectionError || error instanceof errors.TimeoutError) {
    return new SinkUnavailableError(`${what}: ${wordsOf(error)}`, null, { cause: error });
  }
  if (error instanceof errors.DeserializationError) {
    return new SinkUnavailableError(`${what}: the answer is not JSON, as if cut midway`, null, {
      cause: error,
    });
  }
  return error;
}

/**
 * A 429.
 * @param type Elasticsearch's name of the error: a disk above its flood stage blocks the index, and is no back-pressure
 */
export function overloaded(
  message: string,
  type: string,
  retryAfter: number | null,
  options?: ErrorOptions,
): SinkOverloadedError {
  const isFull = type === 'cluster_block_exception';
  const why = isFull ? '; a disk is above its flood-stage watermark: free space on it' : '';
  return new SinkOverloadedError(`${message}${why}`, retryAfter, options);
}

/** On one line: OpenSSL ends its own with a line break. */
function wordsOf({ message }: Error): string {
  return message.replaceAll(/\s+/g, ' ').trim();
}

/**
 * Undici's messages: the client drops their code and reports a request that could not be built as a broken connection.
 */
const NOT_BUILT = /^invalid (?:[\w-]+ header|header value)$/;

/**
 * Tells by whom the request was refused: 401 and 403 are not always about the credentials. `null` if it is no refusal.
 *
 * @param type Elasticsearch's name of the error
 * @param reason Elasticsearch's text, from which only names of privileges and indices are taken
 */
export function toDenial(
  status: number,
  type: string,
  message: string,
  { reason = '', ...options }: ErrorOptions & { reason?: string } = {},
): Error | null {
  if (status === 401 && type === NO_REASON) {
    return new SinkUnauthorizedError(
      `${message}; that is not the answer of Elasticsearch: a proxy or a log-in page before it wants credentials of its own`,
      options,
    );
  }
  if (status === 401) return new SinkUnauthorizedError(`${message}; ${NOT_ACCEPTED}`, options);
  if (status === 403 && type === 'security_exception') {
    const privilege = lackingPrivilege(reason);
    const why = privilege === null ? NOT_ACCEPTED : `the API key or user lacks ${privilege}`;
    return new SinkForbiddenError(`${message}; ${why}`, options);
  }
  if (status !== 403) return null;
  // `index.blocks.write`, `read_only`; the flood stage of the disk is answered 429
  const why =
    type === 'cluster_block_exception'
      ? 'the index or the cluster is blocked for writing: `GET <index>/_settings/index.blocks*` shows the block, and its setting `null` removes it'
      : 'something other than Elasticsearch’s security refuses the request, such as a proxy or an address filter in front of it';
  return new SinkMisconfiguredError(`${message}; ${why}`, options);
}

const NOT_ACCEPTED = 'the API key or user is wrong, has expired, or lacks a privilege';

function reasonIn(body: unknown): string {
  const { error } = (fromJson(body) ?? {}) as { error?: { reason?: unknown } };
  return typeof error?.reason === 'string' ? error.reason : '';
}

/** Of an error that is not in the form of Elasticsearch. */
export const NO_REASON = '(no reason given)';

/** Elasticsearch's name of an error; a 413 has no body, and a proxy's body is not JSON. */
export function errorType(body: unknown): string {
  const error = (fromJson(body) as { error?: unknown } | null | undefined)?.error;
  if (typeof error === 'string') return error;
  const type = (error as { type?: unknown } | undefined)?.type;
  return typeof type === 'string' ? type : NO_REASON;
}

/** A body that the client has left a text, as its Content-Type is not that of JSON; any other one as it is. */
export function fromJson(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function retryAfterMs(headers: unknown): number | null {
  const value = (headers as Record<string, unknown> | null | undefined)?.['retry-after'];
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) * 1000 : null;
}
