import type { estypes } from '@elastic/elasticsearch';
import {
  differencesText,
  indexDifferences,
  type IndexDefinition,
} from '../compare/index-differences.ts';
import { merged } from '../compare/merged.ts';
import { brokenNeeds } from '../templates/needs.ts';
import { NEEDED_SETTINGS, streamDefinition } from './stream-definition.ts';
import type { AssetContext } from '../asset-context.ts';

/** A data stream, with what the client's types lack. */
export type FoundStream = estypes.IndicesDataStream & {
  /** Since 9.2: what somebody has set for this stream alone. */
  mappings?: estypes.MappingTypeMapping;
};

/** What the stream's next backing index gets: its template, and over it what is set for this stream alone. */
export function overlaid(template: IndexDefinition, stream: FoundStream): IndexDefinition {
  return {
    settings: merged(template.settings, stream.settings ?? {}),
    mappings: merged(template.mappings, stream.mappings ?? {}),
  };
}

/** What is set for the stream alone and contradicts the program's own components. */
export function contradictions(
  template: IndexDefinition,
  stream: FoundStream,
  context: AssetContext,
): { all: string[]; broken: string[] } {
  const wanted = streamDefinition(context);
  const [before, after] = [template, overlaid(template, stream)];
  const known = new Set(differencesText(indexDifferences(before, wanted)));
  const brokenBefore = new Set(brokenNeeds(before, wanted, NEEDED_SETTINGS));
  return {
    all: differencesText(indexDifferences(after, wanted)).filter((text) => !known.has(text)),
    broken: brokenNeeds(after, wanted, NEEDED_SETTINGS).filter((text) => !brokenBefore.has(text)),
  };
}
