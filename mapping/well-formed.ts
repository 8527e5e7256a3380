/** An escape in JSON: both surrogates of a character, a half without its other one, or any other. */
const ESCAPE =
  /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|[^])/g;

/**
 * JSON in which each half of a surrogate pair, as a text that was cut ends in one, is U+FFFD, in values and in
 * keys: other programs cannot read a document that holds one. Go, in which the integration's agent reads the
 * answers, does the same.
 *
 * @see https://pkg.go.dev/encoding/json#Unmarshal
 */
export function toWellFormedJson(text: string): string {
  const wellFormed = text.toWellFormed();
  if (!wellFormed.includes('\\ud') && !wellFormed.includes('\\uD')) return wellFormed;
  return wellFormed.replaceAll(ESCAPE, (escape, half?: string) =>
    half === undefined ? escape : '\\ufffd',
  );
}
