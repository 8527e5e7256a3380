/**
 * Merges settings or mappings as Elasticsearch merges templates: objects grow together; any other value, and the
 * definition of a field, replaces the one below.
 */
export function merged<T extends object>(below: T, above: object): T {
  const result = Object.fromEntries(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const old = result[key];
    result[key] = isPlain(old) && isPlain(value) && !isField(value) ? merged(old, value) : value;
  }
  return result as T;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isField(value: object): boolean {
  return 'type' in value && typeof value.type === 'string' && !('properties' in value);
}
