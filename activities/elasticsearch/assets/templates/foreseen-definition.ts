import type { Client } from '@elastic/elasticsearch';
import type { Asset } from '../asset.ts';
import type { IndexDefinition } from '../compare/index-differences.ts';
import { merged } from '../compare/merged.ts';
import { brokenNeeds } from './needs.ts';

/** The program's templates of an index, and what they will say. */
export type OwnTemplates = {
  parts: readonly Asset[];
  /** What the program's own components say. */
  wanted: IndexDefinition;
  /** Component templates that an operator may add; a later one wins. */
  custom: readonly string[];
  /** Settings without which the program does not work. */
  needed: readonly string[];
};

/**
 * What the program's templates and the operator's will give to an index, as soon as those that differ are written. The
 * server's own simulation cannot tell: it takes the stored components.
 *
 * @returns `null` if none of them differs, if one is not to be written, or if the index must not follow them
 */
export async function foreseenDefinition(
  sink: Client,
  { parts, wanted, custom, needed }: OwnTemplates,
  signal: AbortSignal,
): Promise<IndexDefinition | null> {
  let isDue = false;
  for (const part of parts) {
    const { due, rest } = await part.inspect(sink, signal);
    if (rest !== 'ok') return null;
    isDue ||= due.length > 0;
  }
  if (!isDue) return null;
  let result = wanted;
  for (const name of custom) {
    const found = await sink.cluster.getComponentTemplate({ name }, { signal, ignore: [404] });
    const { settings = {}, mappings = {} } =
      found.component_templates?.[0]?.component_template.template ?? {};
    result = merged(result, { settings, mappings });
  }
  // the line of the effective template will name it; the index must not follow it
  return brokenNeeds(result, wanted, needed).length > 0 ? null : result;
}
