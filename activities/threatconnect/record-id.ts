/** ThreatConnect writes a record's id first. */
const LEADING_ID = /^\{\s*"id"\s*:\s*(0|[1-9]\d*)\s*[,}]/;

/** The id of a record that cannot be parsed whole, exact digits; `null` if the id is not its first member. */
export function leadingId(text: string): string | null {
  return LEADING_ID.exec(text)?.[1] ?? null;
}
