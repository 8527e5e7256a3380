import { type JsonObject } from './json/exact.ts';

/** One exception as the real server writes it: snake-case class name, message, further fields, cause. */
export interface Fault extends JsonObject {
  readonly type: string;
  readonly reason: string;
  readonly caused_by?: Fault;
}

interface ErrorOptions {
  /** `root_cause`, if it is not the exception itself. */
  readonly roots?: readonly Fault[];
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** A refusal that becomes the answer `{"error":{"root_cause":[…],"type":…,"reason":…},"status":…}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly fault: Fault;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** `root_cause` of the answer. */
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

/** A refusal whose answer is `{"error":"…","status":…}`, with a text instead of an exception. */
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

/** Refusal by a parser of queries. The real server also gives the position in the text. */
export function parsingError(reason: string): ApiError {
  return new ApiError(400, { type: 'parsing_exception', reason });
}

/** Refusal by a parser of objects. */
export function contentError(reason: string, cause?: Fault): ApiError {
  return new ApiError(400, {
    type: 'x_content_parse_exception',
    reason,
    ...(cause === undefined ? {} : { caused_by: cause }),
  });
}

/** @throws {ApiError} 400 for a field that the object does not have, or not in this stand-in */
export function refuseUnknownFields(
  parser: string,
  value: JsonObject,
  known: readonly string[],
): void {
  const name = Object.keys(value).find((field) => !known.includes(field));
  if (name !== undefined) throw contentError(`[${parser}] unknown field [${name}]`);
}

/** Refusal of a request whose fields do not go together. */
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

/** @param excludedStreams the name is that of a data stream, and the API does not accept data streams */
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

/** Refusal of a value that the real server accepts and this stand-in cannot use. */
export function notInStandIn(what: string): ApiError {
  return new ApiError(501, {
    type: 'not_in_stand_in',
    reason: `${what} is not in this stand-in`,
  });
}
