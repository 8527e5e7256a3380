/** A value's first token, as the server's parser calls it. */
export function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  if (value === null) return 'VALUE_NULL';
  if (typeof value === 'object') return 'START_OBJECT';
  return `VALUE_${typeof value === 'undefined' ? 'NULL' : (typeof value).toUpperCase()}`;
}
