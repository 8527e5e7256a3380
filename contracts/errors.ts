/**
 * The conditions that somebody treats differently, thrown where a socket is used. `failure.ts` turns each
 * into what Temporal is to do with it. A message says what was attempted, on what and what came back; it
 * never holds a record's text, a credential, a signature or a header.
 */

/** 401, or whatever else says that the credentials are not accepted. */
export class SourceUnauthorizedError extends Error {
  override readonly name = 'SourceUnauthorizedError';
}

/** 403: the owner is unknown or not accessible, or the request carried no authentication. */
export class SourceForbiddenError extends Error {
  override readonly name = 'SourceForbiddenError';
}

/** 400 and other refusals of the request itself; asking again gives the same answer. */
export class SourceBadRequestError extends Error {
  override readonly name = 'SourceBadRequestError';
}

/** 429. */
export class SourceRateLimitedError extends Error {
  override readonly name = 'SourceRateLimitedError';
  /** How long the source asked to be left alone; `null` where it did not say. */
  readonly retryAfterMs: number | null;
  constructor(message: string, retryAfterMs: number | null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** No connection, a connection that broke, or 5xx. */
export class SourceUnavailableError extends Error {
  override readonly name = 'SourceUnavailableError';
  readonly retryAfterMs: number | null;
  /** The answer may have been too heavy: a smaller page may come. */
  readonly mayBeWeight: boolean;
  constructor(
    message: string,
    retryAfterMs: number | null = null,
    options: ErrorOptions & { mayBeWeight?: boolean } = {},
  ) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
    this.mayBeWeight = options.mayBeWeight ?? false;
  }
}

/** No answer, or no more of it, within `TC_HTTP_TIMEOUT`. */
export class SourceTooSlowError extends Error {
  override readonly name = 'SourceTooSlowError';
}

/** The answer is not what the API promises: not JSON, another envelope, records out of order. */
export class SourceContractError extends Error {
  override readonly name = 'SourceContractError';
}

/** 401 or 403 of Elasticsearch. */
export class SinkUnauthorizedError extends Error {
  override readonly name = 'SinkUnauthorizedError';
}

/** No connection to Elasticsearch, or 5xx. */
export class SinkUnavailableError extends Error {
  override readonly name = 'SinkUnavailableError';
  /** How long it asked to be left alone; `null` where it did not say. */
  readonly retryAfterMs: number | null;
  constructor(message: string, retryAfterMs: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** 503 of Elasticsearch: it answers, but a shard or the cluster's state is not there for the moment. */
export class SinkBusyError extends SinkUnavailableError {}

/** 429: Elasticsearch takes no more for now. */
export class SinkOverloadedError extends Error {
  override readonly name = 'SinkOverloadedError';
  readonly retryAfterMs: number | null;
  constructor(message: string, retryAfterMs: number | null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A template, data stream or index that the program needs is missing or not what it should be. */
export class SinkMisconfiguredError extends Error {
  override readonly name = 'SinkMisconfiguredError';
}

/** What the program has stored is not as it writes it: another version or somebody has changed it. */
export class StoredUnreadableError extends SinkMisconfiguredError {}

/** The data stream is another one than the run has written to. */
export class StreamReplacedError extends Error {
  override readonly name = 'StreamReplacedError';
}

/** 413: the request is larger than Elasticsearch, or a proxy before it, takes. */
export class SinkTooLargeError extends Error {
  override readonly name = 'SinkTooLargeError';
}

/** Elasticsearch refuses so many documents of a page that the documents are not what is wrong. */
export class TooManyRejectsError extends Error {
  override readonly name = 'TooManyRejectsError';
}

/** The worker has another configuration than the one under which the run was opened. */
export class ConfigChangedError extends Error {
  override readonly name = 'ConfigChangedError';
}

/** What a person asked for cannot be done: an unknown feed, a namespace that belongs to another instance. */
export class BadInputError extends Error {
  override readonly name = 'BadInputError';
}
