import { toGroup } from '../compatible/associated-groups.ts';
import type { Elements } from '../compatible/elements.ts';
import { MappingErrors } from '../compatible/errors.ts';
import { pruneValue } from '../compatible/prune.ts';
import { toTag } from '../compatible/tags.ts';
import { isObject, type Json, type JsonObject } from '../exact-json.ts';

type ToElement = (element: JsonObject, index: number, errors: MappingErrors) => JsonObject;

/** Tags with the platforms of their techniques, `platforms.data`. */
export function withPlatforms(tags: Elements, mapped: Json | undefined): Json | undefined {
  return withTexts(tags, mapped, toTag, ({ platforms }) => {
    const data = isObject(platforms) ? toTexts(platforms.data) : undefined;
    return data === undefined ? null : { platforms: { data } };
  });
}

/** E-mail groups with their addresses, `to` and `from`. */
export function withAddresses(groups: Elements, mapped: Json | undefined): Json | undefined {
  return withTexts(groups, mapped, toGroup, (group) => {
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
 * Puts into each element of a mapped collection what its source element has besides. An element of which
 * nothing else was left has been pruned; it comes back where it was.
 *
 * @param mapped the collection in the document, `{ data }`
 * @param toElement how the collection's elements were mapped
 */
function withTexts(
  elements: Elements,
  mapped: Json | undefined,
  toElement: ToElement,
  textsOf: (element: JsonObject) => JsonObject | null,
): Json | undefined {
  const sources = elements.filter((element) => element !== null);
  const texts = sources.map(textsOf);
  if (texts.every((text) => text === null)) return mapped;
  const left = isObject(mapped) && Array.isArray(mapped.data) ? mapped.data : [];
  const isComplete = left.length === sources.length;
  const data: Json[] = [];
  let at = 0; // in what is left
  for (const [index, source] of sources.entries()) {
    let element: Json | undefined;
    if (isComplete || pruneValue(toElement(source, index, new MappingErrors())) !== undefined) {
      element = left[at];
      at += 1;
    }
    data.push({ ...(isObject(element) ? element : {}), ...texts[index] });
  }
  return { data };
}
