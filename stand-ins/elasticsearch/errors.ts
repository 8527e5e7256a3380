import { type JsonObject } from './json/exact.ts';

/** One exception as the real server writes it: snake-case class name, message, further fields, cause. */
export interface Fault extends JsonObject {
  readonly type: string;
  readonly reason: string;
  readonly caused_by?: Fault;
}

interface ErrorOptions {
  /** What `root_cause` shows where it is not the exception itself. */
  readonly roots?: readonly Fault[];
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** A refusal that becomes the answer `{"error":{"root_cause":[…],"type":…,"reason":…},"status":…}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly fault: Fault;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** What `root_cause` shows. */
  readonly roots: readonly Fault[];

  constructor(status: number, fault: Fault, options: ErrorOptions = {}) {
    super(fault.reason);
    this.status = status;
    this.fault = fault;
    this.headers = options.headers ?? {};
    this.roots = options.roots ?? [withoutCause(fault)];
  }

  envelope(): JsonObject {
    return { error: { root_cause: this.roots, ...this.fault }, status: this.status };
  }
}

/** The few refusals whose answer is `{"error":"…","status":…}` with a text instead of an exception. */
export class ShortError extends ApiError {
  override envelope(): JsonObject {
    return { error: this.message, status: this.status };
  }
}

function withoutCause({ caused_by: _cause, ...fault }: Fault): Fault {
  return fault;
}

export function illegalArgument(reason: string, cause?: Fault): ApiError {
  return new ApiError(400, {
    type: 'illegal_argument_exception',
    reason,
    ...(cause === undefined ? {} : { caused_by: cause }),
  });
}

export function parseFailure(reason: string, details: JsonObject = {}): ApiError {
  return new ApiError(400, { type: 'parse_exception', reason, ...details });
}

/** A request that the server's parsers refuse. They also say where in the text; this stand-in does not. */
export function parsingError(reason: string): ApiError {
  return new ApiError(400, { type: 'parsing_exception', reason });
}

/** The same, from the server's parsers of objects. */
export function contentError(reason: string, cause?: Fault): ApiError {
  return new ApiError(400, {
    type: 'x_content_parse_exception',
    reason,
    ...(cause === undefined ? {} : { caused_by: cause }),
  });
}

/** @throws {ApiError} 400 for a field that an object of a request must not have */
export function refuseUnknownFields(
  parser: string,
  value: JsonObject,
  known: readonly string[],
): void {
  const name = Object.keys(value).find((field) => !known.includes(field));
  if (name !== undefined) throw contentError(`[${parser}] unknown field [${name}]`);
}

/** What the server answers for a request that breaks rules which need more than one of its fields. */
export function invalidRequest(...reasons: string[]): ApiError {
  const list = reasons.map((reason, index) => `${index + 1}: ${reason};`).join('');
  return new ApiError(400, {
    type: 'action_request_validation_exception',
    reason: `Validation Failed: ${list}`,
  });
}

export function resourceNotFound(reason: string): ApiError {
  return new ApiError(404, { type: 'resource_not_found_exception', reason });
}

/** `excludedStreams`: the name is a data stream's and the API does not take data streams. */
export function indexNotFound(name: string, excludedStreams = false): ApiError {
  return new ApiError(404, indexNotFoundFault(name, excludedStreams));
}

export function indexNotFoundFault(name: string, excludedStreams = false): Fault {
  return {
    type: 'index_not_found_exception',
    reason: `no such index [${name}]`,
    'resource.type': 'index_or_alias',
    ...(excludedStreams ? { excluded_ds: 'true' } : {}),
    'resource.id': name,
    index_uuid: '_na_',
    index: name,
  };
}

export function invalidIndexName(name: string, why: string): ApiError {
  return new ApiError(400, {
    type: 'invalid_index_name_exception',
    reason: `Invalid index name [${name}], ${why}`,
    index_uuid: '_na_',
    index: name,
  });
}

/** A feature of the real server that this stand-in lacks: a loud 501 instead of a wrong answer. */
export function notInStandIn(what: string): ApiError {
  return new ApiError(501, {
    type: 'not_in_stand_in',
    reason: `${what} is not in this stand-in`,
  });
}
