/**
 * One class for each condition that somebody treats differently, thrown by the code that uses a socket. `failure.ts`
 * turns each into an `ApplicationFailure` for Temporal. A message says what was attempted, on what, and what came back.
 * It never holds a record's text, a credential, a signature or a header.
 */

/** What an answer that refuses says, for whoever looks for the cause. */
export type Answered = {
  statusCode: number;
  /** The message in the form of ThreatConnect's API; `null`: there is none, as in the page of a proxy. */
  said: string | null;
};

class SourceRefusalError extends Error {
  /** `null`: it is not the answer to a request that refuses. */
  readonly answer: Answered | null;
  constructor(message: string, options: (ErrorOptions & { answer?: Answered }) | null = null) {
    super(message, options ?? {});
    this.answer = options?.answer ?? null;
  }
}

/** 401, or another answer that says that the credentials are not accepted. */
export class SourceUnauthorizedError extends SourceRefusalError {
  override readonly name = 'SourceUnauthorizedError';
}

/** 403: the owner is unknown or not accessible, or the request carried no authentication. */
export class SourceForbiddenError extends SourceRefusalError {
  override readonly name = 'SourceForbiddenError';
}

/** 400 and other refusals of the request itself: the same request gets the same answer again. */
export class SourceBadRequestError extends SourceRefusalError {
  override readonly name = 'SourceBadRequestError';
}

/** The proxy refuses: 407, or 403 to `CONNECT`. ThreatConnect was never asked. */
export class SourceProxyRefusedError extends Error {
  override readonly name = 'SourceProxyRefusedError';
}

/** 429. */
export class SourceRateLimitedError extends Error {
  override readonly name = 'SourceRateLimitedError';
  /** The source's `Retry-After`; `null` if it sent none. */
  readonly retryAfterMs: number | null;
  constructor(message: string, retryAfterMs: number | null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** No connection, a broken connection, or 5xx. */
export class SourceUnavailableError extends Error {
  override readonly name = 'SourceUnavailableError';
  readonly retryAfterMs: number | null;
  /** True if the answer may have been too heavy, so that a smaller page may succeed. */
  readonly mayBeWeight: boolean;
  /** The proxy cannot be reached, or finds no way to the source. */
  readonly isOfProxy: boolean;
  constructor(
    message: string,
    retryAfterMs: number | null = null,
    options: ErrorOptions & { mayBeWeight?: boolean; isOfProxy?: boolean } = {},
  ) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
    this.mayBeWeight = options.mayBeWeight ?? false;
    this.isOfProxy = options.isOfProxy ?? false;
  }
}

/** No answer, or no further bytes of it, within `TC_HTTP_TIMEOUT`. */
export class SourceTooSlowError extends Error {
  override readonly name = 'SourceTooSlowError';
}

/** The answer is not what the API promises: not JSON, another envelope, records out of order. */
export class SourceContractError extends Error {
  override readonly name = 'SourceContractError';
}

/** 401 or 403 from Elasticsearch. */
export class SinkUnauthorizedError extends Error {
  override readonly name = 'SinkUnauthorizedError';
}

/** 403 from the security of Elasticsearch: the credentials are known and lack a privilege. */
export class SinkForbiddenError extends SinkUnauthorizedError {}

/** No connection to Elasticsearch, or 5xx. */
export class SinkUnavailableError extends Error {
  override readonly name = 'SinkUnavailableError';
  /** The server's `Retry-After`; `null` if it sent none. */
  readonly retryAfterMs: number | null;
  constructor(message: string, retryAfterMs: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** 503 from Elasticsearch: it answers, but a shard or the cluster state is not available at the moment. */
export class SinkBusyError extends SinkUnavailableError {}

/** 429: Elasticsearch accepts no more requests for now. */
export class SinkOverloadedError extends Error {
  override readonly name = 'SinkOverloadedError';
  readonly retryAfterMs: number | null;
  constructor(message: string, retryAfterMs: number | null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A template, data stream or index that the program needs is missing or different from what it should be. */
export class SinkMisconfiguredError extends Error {
  override readonly name = 'SinkMisconfiguredError';
}

/** A stored document is not as the program writes it: another version has written it, or somebody has changed it. */
export class StoredUnreadableError extends SinkMisconfiguredError {}

/** The data stream is not the one that the run has written to. */
export class StreamReplacedError extends Error {
  override readonly name = 'StreamReplacedError';
}

/** 413: the request is larger than Elasticsearch, or a proxy in front of it, accepts. */
export class SinkTooLargeError extends Error {
  override readonly name = 'SinkTooLargeError';
}

/** Elasticsearch refuses so many documents of a page that the cause is not the documents. */
export class TooManyRejectsError extends Error {
  override readonly name = 'TooManyRejectsError';
}

/** The configuration of the worker is not the one under which the run was opened. */
export class ConfigChangedError extends Error {
  override readonly name = 'ConfigChangedError';
}

/** The new latest index does not have what the old one has. */
export class LatestDiffersError extends Error {
  override readonly name = 'LatestDiffersError';
}

/** Another run of the feed reads the latest changes already. */
export class RunUnderWayError extends Error {
  override readonly name = 'RunUnderWayError';
}

/** A person asked for something impossible: an unknown feed, a namespace that belongs to another instance. */
export class BadInputError extends Error {
  override readonly name = 'BadInputError';
}
