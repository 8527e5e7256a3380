import type { ThreatConnect } from './threatconnect.ts';
import type { Selection } from './tql.ts';

/** Fields of what is associated, such as `associatedGroups.attributes`: an account may lack the right to them. */
export function deepFields(fields: readonly string[]): string[] {
  return fields.filter((field) => field.includes('.'));
}

/** The fields less those that the account may not ask for. */
export function shallowFields(fields: readonly string[]): string[] {
  return fields.filter((field) => !field.includes('.'));
}

/**
 * Whether the account may ask for deeper levels. Where ThreatConnect leaves them out without a word, this
 * cannot be seen; `tcsync check` looks at each of them.
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
