import { isObject, type JsonObject, parseExact, RawJson } from '../json/exact.ts';
import { matchesPattern } from '../text/wildcard.ts';

/**
 * `filter_path`: keeps the parts of an answer that the patterns name (`items.*.error`, `**.type`), less those named
 * with a `-` in front. Arrays are looked through.
 *
 * @see Elasticsearch reference, "Response filtering"
 */
export function filterPath(body: unknown, patterns: readonly string[]): unknown {
  const excluded = patterns
    .filter((pattern) => pattern.startsWith('-'))
    .map((pattern) => pattern.slice(1));
  const included = patterns.filter((pattern) => !pattern.startsWith('-'));
  let result = body;
  if (included.length > 0) result = include(result, included.map(toSteps));
  if (excluded.length > 0 && result !== undefined) result = exclude(result, excluded.map(toSteps));
  return result ?? {};
}

type Steps = readonly string[];

function toSteps(pattern: string): Steps {
  return pattern.split('.');
}

function include(value: unknown, patterns: readonly Steps[]): unknown {
  const inner = opened(value);
  if (Array.isArray(inner)) {
    const kept = inner.map((item) => include(item, patterns)).filter((item) => item !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  if (!isObject(inner)) return undefined;
  const result: JsonObject = {};
  for (const [key, child] of Object.entries(inner)) {
    const rests = patterns.flatMap((steps) => restsAfter(steps, key));
    const kept = rests.some((rest) => rest.length === 0) ? child : include(child, rests);
    if (kept !== undefined) result[key] = kept;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

function exclude(value: unknown, patterns: readonly Steps[]): unknown {
  const inner = opened(value);
  if (Array.isArray(inner)) {
    const kept = inner.map((item) => exclude(item, patterns)).filter((item) => item !== undefined);
    return kept.length > 0 || inner.length === 0 ? kept : undefined;
  }
  if (!isObject(inner)) return inner;
  const result: JsonObject = {};
  for (const [key, child] of Object.entries(inner)) {
    const rests = patterns.flatMap((steps) => restsAfter(steps, key));
    if (rests.some((rest) => rest.length === 0)) continue;
    const kept = rests.length > 0 ? exclude(child, rests) : child;
    if (kept !== undefined) result[key] = kept;
  }
  return Object.keys(result).length > 0 || Object.keys(inner).length === 0 ? result : undefined;
}

/** What is left of a pattern below `key`: nothing where the pattern does not go there, `[]` where it ends there. */
function restsAfter(steps: Steps, key: string): Steps[] {
  const [first = '', ...rest] = steps;
  if (first === '**') return [steps, ...restsAfter(rest, key)];
  return steps.length > 0 && matchesPattern(first, key) ? [rest] : [];
}

/** A document's source is only parsed when a filter goes into it. */
function opened(value: unknown): unknown {
  return value instanceof RawJson ? parseExact(value.text) : value;
}
