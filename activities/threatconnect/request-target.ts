/** Query parameters in the order in which they are sent; a repeated key is a repeated parameter. */
export type Query = readonly (readonly [key: string, value: string])[];

/**
 * Path and query exactly as they are signed and sent. Everything but RFC 3986's unreserved characters is
 * percent-encoded, so that no `URL`, proxy or servlet container finds anything to rewrite: a query that
 * is rewritten after signing is answered 401.
 *
 * @param path with the API's prefix, already encoded
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/filter_results.html (encoding and 401)
 */
export function requestTarget(path: string, query: Query = []): string {
  if (query.length === 0) return path;
  return `${path}?${query.map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&')}`;
}

/**
 * From so many characters of a query on its parameters go into the body of the GET: servers and proxies refuse long
 * request lines, and the vendor's own client changes over here.
 *
 * @see https://github.com/ThreatConnect-Inc/tcex release 4.0.9, APP-4852
 */
export const QUERY_CHARACTERS = 2_000;

/** `fields` is a list; numbers and truth values are such, as in the vendor's own client. */
const TYPES: Readonly<Record<string, (value: string) => number | boolean>> = {
  resultStart: Number,
  resultLimit: Number,
  count: (value) => value === 'true',
};

/** What is signed and sent as the address, and what goes unsigned into the body; `null`: nothing. */
export type Outgoing = { target: string; body: string | null };

/** @param path with the API's prefix, already encoded */
export function toOutgoing(path: string, query: Query): Outgoing {
  const body = requestBody(query);
  return { target: requestTarget(path, body === null ? query : []), body };
}

/** A query as the body of a GET, which is not signed; `null` where it fits into the request line. */
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

// encodeURIComponent leaves these five alone; RFC 3986 reserves them
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
