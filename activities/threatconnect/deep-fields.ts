import type { ThreatConnect } from './threatconnect.ts';
import type { Selection } from './tql.ts';

/** Fields of associated objects, such as `associatedGroups.attributes`: an account may lack the right to read them. */
export function deepFields(fields: readonly string[]): string[] {
  return fields.filter((field) => field.includes('.'));
}

/** The fields without those that the account may not ask for. */
export function shallowFields(fields: readonly string[]): string[] {
  return fields.filter((field) => !field.includes('.'));
}

/**
 * True if the account may ask for fields of associated objects. Some instances leave them out without an error, which
 * cannot be seen here; `tcsync check` looks at each of them.
 *
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/additional_fields.html ("API link limit")
 */
export async function allowsDeepFields(
  source: ThreatConnect,
  selection: Selection,
  fields: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const deep = deepFields(fields);
  return deep.length === 0 || source.takesFields(selection, deep, signal);
}
