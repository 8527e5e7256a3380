import { notInStandIn } from '../errors.ts';
import { isObject, type JsonObject, parseExact, RawJson } from './exact.ts';
import { matchesPattern } from '../text/wildcard.ts';

type Steps = readonly string[];

/**
 * Keeps the parts of an answer or of a source that the patterns name, such as `items.*.error`, also within lists.
 *
 * @see Elasticsearch reference, "Response filtering"
 */
export function filterPath(body: unknown, patterns: readonly string[]): unknown {
  return (
    include(
      body,
      patterns.map((pattern) => pattern.split('.')),
    ) ?? {}
  );
}

/** @throws {ApiError} 501 for patterns that exclude, and for `**` */
export function checkFilter(patterns: readonly string[]): void {
  const other = patterns.find((pattern) => pattern.startsWith('-') || pattern.includes('**'));
  if (other !== undefined) throw notInStandIn(`[filter_path] with [${other}]`);
}

function include(value: unknown, patterns: readonly Steps[]): unknown {
  // the source of a document is parsed only if a pattern goes into it
  const inner = value instanceof RawJson ? parseExact(value.text) : value;
  if (Array.isArray(inner)) {
    const kept = inner.map((item) => include(item, patterns)).filter((item) => item !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  if (!isObject(inner)) return undefined;
  const result: JsonObject = {};
  for (const [key, child] of Object.entries(inner)) {
    const rests = patterns.flatMap(([first, ...rest]) =>
      first !== undefined && matchesPattern(first, key) ? [rest] : [],
    );
    const kept = rests.some((rest) => rest.length === 0) ? child : include(child, rests);
    if (kept !== undefined) result[key] = kept;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}
