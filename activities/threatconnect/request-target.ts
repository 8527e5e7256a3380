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

// encodeURIComponent leaves these five alone; RFC 3986 reserves them
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
