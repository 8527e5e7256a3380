import { isObject, type JsonObject, toList } from '../json/exact.ts';
import { matchesPattern } from '../text/wildcard.ts';
import { type Cluster, type Template } from './cluster.ts';
import { type Alias } from './index.ts';
import { asObject, type Mapping, mergeTemplates, parseMapping } from './mapping.ts';
import { parseSettings, type Settings } from './settings.ts';

/** The parts that a new index gets from its template. */
export interface Composed {
  readonly settings: Settings;
  readonly mapping: Mapping;
  readonly aliases: Readonly<Record<string, Alias>>;
  /** Of a data stream. */
  readonly lifecycle: JsonObject | null;
}

export interface NamedTemplate {
  readonly name: string;
  readonly template: Template;
}

export const NOTHING: Composed = { settings: {}, mapping: {}, aliases: {}, lifecycle: null };

/** The template of the highest priority among those that match a new index or data stream. */
export function templateFor(cluster: Cluster, name: string): NamedTemplate | null {
  return matchingTemplates(cluster, name)[0] ?? null;
}

/** All templates that match, highest priority first. */
export function matchingTemplates(cluster: Cluster, name: string): NamedTemplate[] {
  return [...cluster.indexTemplates]
    .map(([templateName, template]) => ({ name: templateName, template }))
    .filter(({ template }) => patternsOf(template).some((pattern) => matchesPattern(pattern, name)))
    .sort((a, b) => priorityOf(b.template) - priorityOf(a.template));
}

export function patternsOf(template: Template): string[] {
  return toList(template['index_patterns']);
}

export function priorityOf(template: Template): number {
  return Number(template['priority'] ?? 0);
}

export function componentsOf(template: Template): string[] {
  return toList(template['composed_of']);
}

export function isStreamTemplate(template: Template): boolean {
  return template['data_stream'] !== undefined;
}

/**
 * Lays the parts of a template over its components in their order. In a data stream `@timestamp` is a date unless a part
 * defines it.
 */
export function compose(cluster: Cluster, template: Template): Composed {
  const streamed = isStreamTemplate(template);
  let composed: Composed = {
    settings: {
      'index.routing.allocation.include._tier_preference': streamed ? 'data_hot' : 'data_content',
    },
    mapping: streamed ? { properties: { '@timestamp': { type: 'date' } } } : {},
    aliases: {},
    lifecycle: null,
  };
  const parts = componentsOf(template).map((name) => cluster.componentTemplates.get(name));
  for (const part of [...parts, template]) {
    if (part !== undefined) composed = layOver(composed, asObject(part['template']));
  }
  return streamed
    ? { ...composed, mapping: { ...composed.mapping, _data_stream_timestamp: { enabled: true } } }
    : composed;
}

/** @param part `{settings?, mappings?, aliases?}` of a template or of a request that creates an index */
export function layOver(base: Composed, part: JsonObject): Composed {
  return {
    settings: { ...base.settings, ...parseSettings(part['settings']) },
    mapping: mergeTemplates(base.mapping, parseMapping(part['mappings'])),
    aliases: { ...base.aliases, ...toAliases(part['aliases']) },
    lifecycle: isObject(part['lifecycle'])
      ? { enabled: true, ...base.lifecycle, ...part['lifecycle'] }
      : base.lifecycle,
  };
}

function toAliases(given: unknown): Record<string, Alias> {
  return Object.fromEntries(
    Object.entries(asObject(given)).map(([name, body]) => [name, asObject(body)]),
  );
}
