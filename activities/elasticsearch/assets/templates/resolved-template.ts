import type { Client, estypes } from '@elastic/elasticsearch';
import type { IndexDefinition } from '../compare/index-differences.ts';

/** What all templates together give to a new index. */
export type ResolvedTemplate = IndexDefinition & {
  /** Templates that match too, and lose. */
  losers: readonly string[];
};

/** @returns `null` if no template matches the name */
export async function resolvedTemplate(
  sink: Client,
  name: string,
  signal: AbortSignal,
): Promise<ResolvedTemplate | null> {
  const { template, overlapping } = (await sink.indices.simulateIndexTemplate(
    { name },
    { signal },
  )) as Partial<estypes.IndicesSimulateIndexTemplateResponse>;
  if (template === undefined) return null;
  return {
    settings: template.settings ?? {},
    mappings: template.mappings ?? {},
    losers: (overlapping ?? []).map((other) => other.name),
  };
}

/** The template of the highest priority that matches the name. */
export async function winningTemplate(
  sink: Client,
  name: string,
  signal: AbortSignal,
): Promise<{ name: string; priority: number } | null> {
  const found = await sink.indices.getIndexTemplate(
    {
      filter_path: [
        'index_templates.name',
        'index_templates.index_template.index_patterns',
        'index_templates.index_template.priority',
      ],
    },
    { signal },
  );
  const matching = (found.index_templates ?? [])
    .filter(({ index_template: { index_patterns: patterns } }) =>
      [patterns].flat().some((pattern) => matches(pattern, name)),
    )
    .map((one) => ({ name: one.name, priority: one.index_template.priority ?? 0 }))
    .sort((one, other) => other.priority - one.priority);
  return matching[0] ?? null;
}

/** The only wildcard of index patterns is `*`. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}
