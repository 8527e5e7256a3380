import { isObject, type Json, type JsonObject } from '../exact-json.ts';
import type { Elements } from './elements.ts';
import { filled, listOf } from './shape.ts';
import { addText } from './texts.ts';

/**
 * `threat.technique`, from the tags that stand for an ATT&CK technique. Names and ids need not be
 * parallel: ids are listed once, names as often as they come.
 */
export function toTechnique(tags: Elements): JsonObject | undefined {
  const ids = new Set<string>();
  const names: Json[] = [];
  for (const tag of tags) {
    if (tag === null || tag.techniqueId === undefined || tag.techniqueId === null) continue;
    addText(ids, tag.techniqueId);
    if (tag.name !== undefined) names.push(tag.name);
  }
  return filled({ id: listOf(ids), name: listOf(names) });
}

/** Platforms of the techniques, spelled as they came. */
export function toOsFamilies(tags: Elements): Json[] | undefined {
  const families = new Set<string>();
  for (const tag of tags) {
    const platforms = tag?.platforms;
    if (!isObject(platforms) || !Array.isArray(platforms.data)) continue;
    for (const platform of platforms.data) addText(families, platform);
  }
  return listOf(families);
}
