/** Any parsed JSON object of a request or an answer. */
export type JsonObject = Record<string, unknown>;

interface RawNumbers {
  readonly rawJSON: (text: string) => unknown;
  readonly isRawJSON: (value: unknown) => value is { readonly rawJSON: string };
}
const { rawJSON, isRawJSON } = JSON as unknown as RawNumbers;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number that must keep its decimal point in an answer: 100 is written `100.0`. */
export function toDouble(value: number): unknown {
  return Number.isInteger(value) ? rawJSON(`${value}.0`) : value;
}

/** An integer beyond 2^53 in an answer, such as the sort value of a missing long. */
export function toLong(digits: string): unknown {
  return rawJSON(digits);
}

/**
 * Parses JSON whose numbers survive a round trip through `JSON.stringify`: `9007199254740993`, `1.0` and `1e3`
 * become opaque raw values; other numbers stay numbers.
 */
export function parseExact(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? rawJSON(context.source)
      : value,
  );
}

/** The digits of a raw value of {@link parseExact}; `null` for any other value. */
export function rawDigits(value: unknown): string | null {
  return isRawJSON(value) ? value.rawJSON : null;
}

/** A value of a request as text: numbers digit by digit, objects and arrays as JSON. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return rawDigits(value) ?? JSON.stringify(value) ?? 'undefined';
}

// strings of a request cannot contain it, because JSON escapes its first character
const MARK = `\u0001raw-${Math.random().toString(36).slice(2)}:`;
const QUOTED_MARK = JSON.stringify(MARK).slice(0, -1);

/** JSON text that goes unchanged into an answer: the source of a document. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** `JSON.stringify` that also knows {@link RawJson}. */
export function stringify(value: unknown): string {
  const raws: string[] = [];
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof RawJson ? MARK + String(raws.push(inner.text) - 1) : inner,
  );
  if (raws.length === 0) return text;
  const [head = '', ...rest] = text.split(QUOTED_MARK);
  const pieces = [head];
  for (const part of rest) {
    const quote = part.indexOf('"');
    pieces.push(raws[Number(part.slice(0, quote))] ?? 'null', part.slice(quote + 1));
  }
  return pieces.join('');
}

/** A list of texts; a single text is a list of one. */
export function toList(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return value === undefined || value === null ? [] : [asText(value)];
}
