import { ApiError, notInStandIn, ShortError } from '../errors.ts';

/**
 * The rules for `Accept` and `Content-Type`: a compatible version is this major or the one before; with a body both
 * headers carry the same version or neither carries one.
 *
 * @see Elasticsearch reference, "REST API compatibility"
 */
export interface MediaTypes {
  /** The `Content-Type` of JSON answers. */
  readonly answer: string;
}

interface MediaType {
  readonly type: string;
  readonly version: number | null;
}

const JSON_TYPES = new Set([
  'application/json',
  'application/x-ndjson',
  'application/vnd.elasticsearch+json',
  'application/vnd.elasticsearch+x-ndjson',
]);
const OTHER_TYPES = /^(?:application\/(?:vnd\.elasticsearch\+)?(?:yaml|smile|cbor))$/;

/**
 * @param major major version of this server
 * @throws {ApiError} 400 for a version that does not fit, 406 for a body that is no JSON
 */
export function checkMediaTypes(
  major: number,
  accept: string | undefined,
  contentType: string | undefined,
  hasBody: boolean,
): MediaTypes {
  const given = accept === '*/*' ? undefined : accept;
  const accepted = given === undefined ? null : toMediaType(given.split(',')[0] ?? '');
  const wanted = accepted?.version ?? null;
  if (accepted !== null && OTHER_TYPES.test(accepted.type)) {
    throw notInStandIn(`an answer of type [${accepted.type}]`);
  }
  if (wanted !== null && wanted !== major && wanted !== major - 1) {
    throw invalidHeaders(
      `Accept version must be either version ${major} or ${major - 1}, but found ${wanted}. Accept=${accept}`,
    );
  }
  if (hasBody) checkContentType(major, given, contentType, wanted);
  const vendor = accepted?.type.startsWith('application/vnd.elasticsearch+') ?? false;
  const version = wanted === null ? '' : `;compatible-with=${wanted}`;
  return { answer: vendor ? `application/vnd.elasticsearch+json${version}` : 'application/json' };
}

function checkContentType(
  major: number,
  accept: string | undefined,
  contentType: string | undefined,
  wanted: number | null,
): void {
  const sent = toMediaType(contentType ?? '');
  if (contentType !== undefined && !sent.type.includes('/')) {
    throw invalidHeaders(`invalid media-type [${contentType}]`, ['Content-Type']);
  }
  if (sent.version !== null && sent.version !== major && sent.version !== major - 1) {
    throw invalidHeaders(
      `Content-Type version must be either version ${major} or ${major - 1}, but found ${sent.version}. Content-Type=${contentType}`,
    );
  }
  if (sent.version !== wanted) {
    const both = wanted !== null && (sent.version !== null || wanted !== major);
    const rule = both ? ' and the compatible versions must match' : '';
    throw invalidHeaders(
      `A compatible version is required on both Content-Type and Accept headers if either one has requested a compatible version${rule}. Accept=${accept ?? 'null'}, Content-Type=${contentType ?? 'null'}`,
    );
  }
  if (!JSON_TYPES.has(sent.type)) {
    throw new ShortError(406, {
      type: 'content_type_header_exception',
      reason: `Content-Type header [${contentType ?? ''}] is not supported`,
    });
  }
}

function toMediaType(header: string): MediaType {
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const version = parameters.find((parameter) => parameter.startsWith('compatible-with='));
  return { type, version: version === undefined ? null : Number(version.slice(16)) };
}

function invalidHeaders(reason: string, headers = ['Content-Type', 'Accept']): ApiError {
  const message = `Invalid media-type value on headers [${headers.join(', ')}]`;
  const cause = headers.length === 1 ? 'illegal_argument_exception' : 'status_exception';
  return new ApiError(400, {
    type: 'media_type_header_exception',
    reason: message,
    caused_by: { type: cause, reason },
  });
}
