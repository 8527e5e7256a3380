/** Query parameters in the order in which they are sent; a repeated key is a repeated parameter. */
export type Query = readonly (readonly [key: string, value: string])[];

/**
 * Path and query exactly as they are signed and sent. All characters except the unreserved ones of RFC 3986 are
 * percent-encoded, so that no `URL`, proxy or servlet container finds anything to rewrite: if a query is rewritten
 * after signing, the answer is 401.
 *
 * @param path with the API's prefix, already encoded
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/filter_results.html (encoding and 401)
 */
export function requestTarget(path: string, query: Query = []): string {
  if (query.length === 0) return path;
  return `${path}?${query.map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&')}`;
}

/**
 * From this length of a query on, its parameters are sent in the body of the GET: servers and proxies refuse long
 * request lines. The vendor's own client uses the same limit.
 *
 * @see https://github.com/ThreatConnect-Inc/tcex release 4.0.9, APP-4852
 */
export const QUERY_CHARACTERS = 2_000;

/** JSON types in the body, as in the vendor's own client: `fields` is a list, and these are numbers and booleans. */
const TYPES: Readonly<Record<string, (value: string) => number | boolean>> = {
  resultStart: Number,
  resultLimit: Number,
  count: (value) => value === 'true',
};

/** The address, which is signed, and the body, which is not; `null` without a body. */
export type Outgoing = { target: string; body: string | null };

/** @param path with the API's prefix, already encoded */
export function toOutgoing(path: string, query: Query): Outgoing {
  const body = requestBody(query);
  return { target: requestTarget(path, body === null ? query : []), body };
}

/** A query as the body of a GET, which is not signed; `null` if the query fits into the request line. */
export function requestBody(query: Query): string | null {
  if (requestTarget('', query).length - 1 < QUERY_CHARACTERS) return null;
  const data: Record<string, unknown> = {};
  for (const [key, text] of query) {
    const value = text.toWellFormed();
    if (key === 'fields') data[key] = [...((data[key] as string[] | undefined) ?? []), value];
    else data[key] = TYPES[key]?.(value) ?? value;
  }
  return JSON.stringify({ data });
}

// encodeURIComponent does not encode these five, which RFC 3986 reserves
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
