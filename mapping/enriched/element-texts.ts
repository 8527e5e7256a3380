import type { Elements } from '../compatible/elements.ts';
import { isObject, type Json, type JsonObject } from '../exact-json.ts';

/** Tags with the platforms of their techniques, `platforms.data`. */
export function withPlatforms(tags: Elements, mapped: Json | undefined): Json | undefined {
  return withTexts(tags, mapped, ({ platforms }) => {
    const data = isObject(platforms) ? toTexts(platforms.data) : undefined;
    return data === undefined ? null : { platforms: { data } };
  });
}

/** E-mail groups with their addresses, `to` and `from`. */
export function withAddresses(groups: Elements, mapped: Json | undefined): Json | undefined {
  return withTexts(groups, mapped, (group) => {
    const [to, from] = [toTexts(group.to), toTexts(group.from)];
    return to === undefined && from === undefined ? null : { to, from };
  });
}

/** A text, or the texts of a list. */
function toTexts(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value)) return typeof value === 'string' && value !== '' ? value : undefined;
  const texts = value.filter((member) => typeof member === 'string' && member !== '');
  return texts.length === 0 ? undefined : texts;
}

/**
 * Puts into each element of a mapped collection what its source element has besides.
 *
 * @param mapped the collection in the document, `{ data }`, before it is pruned: each element in its place
 */
function withTexts(
  elements: Elements,
  mapped: Json | undefined,
  textsOf: (element: JsonObject) => JsonObject | null,
): Json | undefined {
  if (!isObject(mapped) || !Array.isArray(mapped.data)) return mapped;
  let data: Json[] | null = null;
  for (const [index, source] of elements.entries()) {
    const texts = source === null ? null : textsOf(source);
    if (texts === null) continue;
    data ??= [...mapped.data];
    data[index] = { ...(data[index] as JsonObject), ...texts };
  }
  return data === null ? mapped : { data };
}
