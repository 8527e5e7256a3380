import { ApiError } from './api-error.ts';
import { signatureMismatch } from './credentials.ts';
import type { Switches } from './switches.ts';

const DEFAULT_LIMIT = 100;

/** Parameters in the order of the request; a key may occur several times. */
export type Pairs = readonly (readonly [key: string, value: string])[];

export interface Target {
  /** Still percent-encoded, without the query. */
  path: string;
  /** `null` if the percent-encoding is invalid. */
  pairs: Pairs | null;
}

/** Splits a request target; `%20` and `+` both mean a blank. */
export function parseTarget(rawTarget: string): Target {
  const mark = rawTarget.indexOf('?');
  if (mark < 0) return { path: rawTarget, pairs: [] };
  const path = rawTarget.slice(0, mark);
  try {
    const pairs = rawTarget
      .slice(mark + 1)
      .split('&')
      .filter((part) => part !== '')
      .map((part) => {
        const equals = part.indexOf('=');
        const [key, value] =
          equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
        return [decode(key), decode(value)] as const;
      });
    return { path, pairs };
  } catch {
    return { path, pairs: null };
  }
}

/**
 * Whether the request line has characters that a servlet container refuses before an application sees the request.
 *
 * @see RFC 3986, appendix A; Apache Tomcat's `relaxedQueryChars`
 */
export function hasRawCharacters(rawTarget: string): boolean {
  return /[^\x21-\x7e]|["<>\\^`{|}]/.test(rawTarget);
}

/**
 * The query's parameters, followed by those of a GET body, `{"data":{"tql":…,"fields":[…]}}`. The vendor's own
 * framework sends that body if the query would have 2,000 characters or more; the body is not signed.
 *
 * @throws {ApiError} 401 for invalid percent-encoding (as documented), 400 for a body of another form
 * @see the vendor's Python framework, tcex/api/tc/v3/object_collection_abc.py
 */
export function allPairs({ pairs }: Target, body: string): Pairs {
  if (pairs === null) throw signatureMismatch();
  return body === '' ? pairs : [...pairs, ...bodyPairs(body)];
}

export interface ListParameters {
  tql: string | null;
  fields: readonly string[];
  start: number;
  limit: number;
  sorting: string | null;
  owner: string | null;
  count: boolean;
}

/** @throws {ApiError} 400 for offsets and limits that are not whole numbers or are out of range */
export function readList(pairs: Pairs, switches: Readonly<Switches>): ListParameters {
  const limit = wholeNumber(pairs, 'resultLimit', DEFAULT_LIMIT, 1);
  if (limit > switches.maxLimit && switches.overLimit === 'refuse') {
    throw new ApiError('badRequest', `resultLimit: the maximum value is ${switches.maxLimit}`);
  }
  return {
    tql: valueOf(pairs, 'tql'),
    fields: valuesOf(pairs, 'fields'),
    start: wholeNumber(pairs, 'resultStart', 0, 0),
    limit: Math.min(limit, switches.maxLimit),
    sorting: valueOf(pairs, 'sorting'),
    owner: valueOf(pairs, 'owner'),
    count: valueOf(pairs, 'count')?.toLowerCase() === 'true',
  };
}

export function valueOf(pairs: Pairs, key: string): string | null {
  return pairs.find(([name]) => name === key)?.[1] ?? null;
}

export function valuesOf(pairs: Pairs, key: string): string[] {
  return pairs.filter(([name]) => name === key).map(([, value]) => value);
}

/** @throws {URIError} */
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function wholeNumber(pairs: Pairs, key: string, preset: number, least: number): number {
  const text = valueOf(pairs, key);
  if (text === null) return preset;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (number < least)
    throw new ApiError('badRequest', `${key} must be an integer from ${least} on`);
  return number;
}

function bodyPairs(body: string): Pairs {
  const parsed = parse(body);
  const data = isObject(parsed) ? parsed['data'] : undefined;
  if (!isObject(data)) throw new ApiError('badRequest', 'the body is not {"data":{…}}');
  return Object.entries(data).flatMap(([key, value]) => {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.map((each) => [key, String(each)] as const);
  });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError('badRequest', 'the body is not JSON');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
