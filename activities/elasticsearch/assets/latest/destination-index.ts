import type { Client } from '@elastic/elasticsearch';
import { blocked, OK, type Asset, type Foreseen, type Inspection } from '../asset.ts';
import {
  indexDifferences,
  listedDifferences,
  type IndexDefinition,
} from '../compare/index-differences.ts';
import { indexRepairs } from '../compare/index-repairs.ts';
import { blocksText } from '../kinds/index-blocks.ts';
import { readIndex } from '../kinds/read-index.ts';
import { foreseenDefinition } from '../templates/foreseen-definition.ts';
import { areAsWanted } from '../templates/are-as-wanted.ts';
import { brokenNeeds } from '../templates/needs.ts';
import { resolvedTemplate } from '../templates/resolved-template.ts';
import type { Generation } from './generation.ts';
import { LATEST_DEFINITION, NEEDED_LATEST_SETTINGS } from './latest-definition.ts';
import { LATEST_CUSTOM, LATEST_TEMPLATE } from './latest-template.ts';
import { replacementReasons } from './replacement-reasons.ts';

/**
 * The index that the transform creates and fills. It follows its template as far as requests can change it.
 *
 * @param templates those that make it
 */
export function destinationIndex({ index }: Generation, templates: readonly Asset[]): Asset {
  return {
    name: `index ${index}`,
    body: null,
    inspect: async (sink, signal) => {
      // the line of the transform says if it was deleted
      if (!(await sink.indices.exists({ index }, { signal }))) return OK;
      if (!(await areAsWanted(templates, sink, signal))) return OK;
      const template = await resolvedTemplate(sink, index, signal);
      // another or an overridden template is named by its own line; the index must not follow it
      if (template === null || template.losers.includes(LATEST_TEMPLATE)) return OK;
      if (brokenNeeds(template, LATEST_DEFINITION, NEEDED_LATEST_SETTINGS).length > 0) return OK;
      return inspectIndex(
        sink,
        index,
        { is: await readIndex(sink, index, signal), should: template },
        signal,
      );
    },
    foresee: async (sink, signal) => {
      if (!(await sink.indices.exists({ index }, { signal }))) return null;
      const template = await resolvedTemplate(sink, index, signal);
      if (template?.losers.includes(LATEST_TEMPLATE) === true) return null;
      const own = {
        parts: templates,
        wanted: LATEST_DEFINITION,
        custom: LATEST_CUSTOM,
        needed: NEEDED_LATEST_SETTINGS,
      };
      const should = await foreseenDefinition(sink, own, signal);
      if (should === null) return null;
      const is = await readIndex(sink, index, signal);
      return foreseen(inspectIndex(sink, index, { is, should }, signal));
    },
  };
}

function foreseen({ due, detail }: Inspection): Foreseen | null {
  const changes = due.flatMap((one) => one.changes);
  if (changes.length === 0 && detail === null) return null;
  const why = 'this follows from the templates above';
  return { changes, detail: detail === null ? why : `${why}; ${detail}` };
}

function inspectIndex(
  sink: Client,
  index: string,
  { is, should }: { is: IndexDefinition; should: IndexDefinition },
  signal: AbortSignal,
): Inspection {
  const blocks = blocksText(is.settings);
  if (blocks !== null) return blocked(blocks);
  const due = indexRepairs(sink, index, indexDifferences(is, should), signal);
  const reasons = replacementReasons(is, should);
  if (reasons.length === 0) return { ...OK, due };
  const detail = `it must be replaced by a new index, because no request can change ${listedDifferences(reasons)}: \`npx tcsync apply --replace-latest\` builds it beside this one`;
  return { due, rest: 'blocked', detail };
}
