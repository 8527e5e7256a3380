const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Epoch milliseconds of a date in a header, `Sun, 06 Nov 1994 08:49:37 GMT`; `null` if it has another form.
 * `Date.parse` alone reads `-5` as May 2001.
 *
 * @see RFC 9110, section 5.6.7
 */
export function parseHttpDate(header: string): number | null {
  const epochMs = HTTP_DATE.test(header.trim()) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(epochMs) ? null : epochMs;
}
