import type { Client } from '@elastic/elasticsearch';
import { blocked, foreign, OK, type Asset, type Inspection } from '../asset.ts';
import {
  differencesText,
  indexDifferences,
  listedDifferences,
  type IndexDefinition,
} from '../compare/index-differences.ts';
import { areAsWanted } from './are-as-wanted.ts';
import { brokenNeeds } from './needs.ts';
import { resolvedTemplate, winningTemplate, type ResolvedTemplate } from './resolved-template.ts';

/** What a new index must get from its templates. */
export type TemplateProof = {
  /** Name of the index or data stream. */
  index: string;
  template: string;
  /** The template and its components. */
  parts: readonly Asset[];
  priority: number;
  /** Component templates that an operator may add. */
  custom: readonly string[];
  /** What the program's own components say. */
  wanted: IndexDefinition;
  /** Settings without which the program does not work. */
  needed: readonly string[];
};

/** Proves that the program's template wins, and that nothing overrides it. It is never repaired: others are the cause. */
export function effectiveTemplate(proof: TemplateProof): Asset {
  return {
    name: `effective template of ${proof.index}`,
    body: null,
    inspect: async (sink, signal) => {
      if (!(await areAsWanted(proof.parts, sink, signal))) return OK;
      const resolved = await resolvedTemplate(sink, proof.index, signal);
      if (resolved === null) return OK;
      return resolved.losers.includes(proof.template)
        ? inspectWinner(sink, proof, resolved, signal)
        : inspectOverrides(sink, proof, resolved, signal);
    },
  };
}

async function inspectWinner(
  sink: Client,
  { index, template, priority, wanted }: TemplateProof,
  resolved: ResolvedTemplate,
  signal: AbortSignal,
): Promise<Inspection> {
  const winner = await winningTemplate(sink, index, signal);
  const wins =
    `index template ${winner?.name ?? 'of somebody else'} (priority ${winner?.priority ?? 'unknown'}) ` +
    `wins over ${template} (${priority})`;
  const all = differencesText(indexDifferences(resolved, wanted));
  if (all.length === 0) return foreign(`${wins} and says the same; it is left as it is`);
  return blocked(
    `${wins} and says otherwise: ${listedDifferences(all)}; give it a priority below ${priority}, or take ` +
      `${index} out of its index_patterns, and apply again; nothing was changed`,
  );
}

async function inspectOverrides(
  sink: Client,
  { custom, wanted, needed }: TemplateProof,
  resolved: ResolvedTemplate,
  signal: AbortSignal,
): Promise<Inspection> {
  const all = differencesText(indexDifferences(resolved, wanted));
  const broken = brokenNeeds(resolved, wanted, needed);
  if (all.length + broken.length === 0) return OK;
  const by = await whoOverrides(sink, custom, signal);
  if (broken.length > 0) {
    return blocked(
      `${by} overrides what the program needs: ${listedDifferences(broken)}; take that out of it and apply again`,
    );
  }
  return { due: [], rest: 'drift-ignored', detail: `${by} overrides ${listedDifferences(all)}` };
}

async function whoOverrides(
  sink: Client,
  custom: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const existing: string[] = [];
  for (const name of custom) {
    if (await sink.cluster.existsComponentTemplate({ name }, { signal })) existing.push(name);
  }
  return existing.length > 0
    ? `a component template of your own (${existing.join(' or ')})`
    : 'Elasticsearch itself, since there is no component template of your own,';
}
