/**
 * A number whose text a JavaScript number would change: an id above 2^53, `5.00`.
 * An interface, not a type: so it is no {@link JsonObject} to the compiler.
 */
export interface ExactNumber {
  readonly rawJSON: string;
}

export type Json = null | boolean | string | number | ExactNumber | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json | undefined };

// in V8 since 11.4 (Node 21), not yet in TypeScript's library
// https://tc39.es/proposal-json-parse-with-source/
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON: (text: string) => ExactNumber;
  isRawJSON: (value: unknown) => value is ExactNumber;
};

/** @param literal of a number in JSON */
export function toExactNumber(literal: string): Json {
  return String(Number(literal)) === literal ? Number(literal) : rawJSON(literal);
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return isRawJSON(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
  );
}

/** The object that stands there, or an empty one. */
export function objectAt(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** Text of a scalar: a string itself, a number's literal, `true` or `false`; `null` of anything else. */
export function textOf(value: Json | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return isExactNumber(value) ? value.rawJSON : null;
}
