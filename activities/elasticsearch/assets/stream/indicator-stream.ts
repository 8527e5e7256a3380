import { errors, type Client, type estypes } from '@elastic/elasticsearch';
import {
  blocked,
  due,
  OK,
  presence,
  type Asset,
  type Foreseen,
  type Inspection,
  type Repair,
} from '../asset.ts';
import type { AssetContext } from '../asset-context.ts';
import {
  differencesText,
  indexDifferences,
  listedDifferences,
  type IndexDefinition,
  type IndexDifferences,
} from '../compare/index-differences.ts';
import { indexRepairs } from '../compare/index-repairs.ts';
import { requireCreated, requireTemplate } from '../kinds/existing.ts';
import { readIndex } from '../kinds/read-index.ts';
import { blocksText } from '../kinds/index-blocks.ts';
import { areAsWanted } from '../templates/are-as-wanted.ts';
import { foreseenDefinition } from '../templates/foreseen-definition.ts';
import { brokenNeeds } from '../templates/needs.ts';
import { resolvedTemplate } from '../templates/resolved-template.ts';
import { setRetention } from '../lifecycle/stream-retention.ts';
import { rollOver } from './roll-over.ts';
import { NEEDED_SETTINGS, streamDefinition } from './stream-definition.ts';
import { contradictions, overlaid, type FoundStream } from './stream-overrides.ts';
import { STREAM_CUSTOM, STREAM_TEMPLATE } from './stream-template.ts';

/** Settings that only a new index can get, and for which it is worth to create one before its time. */
const STATIC_SETTINGS = new Set(['index.mode', 'index.mapping.ignore_malformed']);

/**
 * The data stream of a namespace, whose index template decides everything. Its write index follows the template.
 *
 * @param templates those that make its backing indices
 */
export function indicatorStream(
  name: string,
  templates: readonly Asset[],
  context: AssetContext,
): Asset {
  return {
    name: `data stream ${name}`,
    body: null,
    inspect: async (sink, signal) => {
      const found = await sink.indices.getDataStream({ name }, { signal, ignore: [404] });
      const stream = found.data_streams?.[0];
      if (stream === undefined) {
        return presence(false, async () => {
          await requireTemplate(sink, STREAM_TEMPLATE, signal);
          const answer = await sink.indices.createDataStream(
            { name },
            { signal, ignore: [400, 409], meta: true },
          );
          requireCreated(`data stream ${name}`, answer);
          if (context.flavour === 'serverless') await setRetention(sink, name, context, signal);
        });
      }
      // another template is named by its own line; the write index must not follow it
      const isOurs = stream.template === STREAM_TEMPLATE;
      if (!isOurs || !(await areAsWanted(templates, sink, signal))) return OK;
      return inspectStream(sink, stream, context, signal);
    },
    foresee: async (sink, signal) => {
      const found = await sink.indices.getDataStream({ name }, { signal, ignore: [404] });
      const stream = found.data_streams?.[0];
      if (stream === undefined) return null;
      const own = {
        parts: templates,
        wanted: streamDefinition(context),
        custom: STREAM_CUSTOM,
        needed: NEEDED_SETTINGS,
      };
      const template = await foreseenDefinition(sink, own, signal);
      return template === null ? null : foreseeStream(sink, stream, template, signal);
    },
  };
}

async function foreseeStream(
  sink: Client,
  stream: FoundStream,
  template: IndexDefinition,
  signal: AbortSignal,
): Promise<Foreseen | null> {
  const writeIndex = stream.indices.at(-1)?.index_name;
  if (writeIndex === undefined || stream.rollover_on_write) return null;
  if (stream.template !== STREAM_TEMPLATE) {
    const detail =
      'its template is another one; what follows is known when the templates above are written';
    return { changes: [], detail };
  }
  const index = await readIndex(sink, writeIndex, signal);
  const different = indexDifferences(index, overlaid(template, stream));
  const changes = repairsOf(sink, stream, different, signal).flatMap((one) => one.changes);
  const detail =
    'this follows from the templates above; it is rolled over too if Elasticsearch refuses a change of its write index';
  return changes.length === 0 ? null : { changes, detail };
}

async function inspectStream(
  sink: Client,
  stream: FoundStream,
  context: AssetContext,
  signal: AbortSignal,
): Promise<Inspection> {
  const template = await resolvedTemplate(sink, stream.name, signal);
  const writeIndex = stream.indices.at(-1)?.index_name;
  if (template === null || writeIndex === undefined) return OK;
  // named by the line of the template; the write index must not follow it
  if (brokenNeeds(template, streamDefinition(context), NEEDED_SETTINGS).length > 0) return OK;
  const index = await readIndex(sink, writeIndex, signal);
  const rest = remarks(template, index, stream, context);
  if (rest.rest === 'blocked') return rest;
  const different = indexDifferences(index, overlaid(template, stream));
  const repairs = repairsOf(sink, stream, different, signal);
  if (stream.rollover_on_write) {
    const isDue = repairs.length > 0;
    const detail = 'the next document gets a new backing index, made from the present template';
    return isDue && rest.detail === null ? { ...rest, detail } : rest;
  }
  return { ...rest, due: repairs };
}

/** What makes the write index as it should be; if no request can, the stream gets a new one. */
function repairsOf(
  sink: Client,
  { name, indices }: FoundStream,
  different: IndexDifferences,
  signal: AbortSignal,
): Repair[] {
  const lasting = lastingChanges(different);
  if (lasting.length > 0) {
    const act = () => rollOver(sink, name, signal);
    return [{ becomes: 'updated', changes: [...lasting, 'it is rolled over'], act }];
  }
  const writeIndex = indices.at(-1)?.index_name ?? name;
  return indexRepairs(sink, writeIndex, different, signal).map((one) =>
    orRolledOver(one, sink, name, signal),
  );
}

/** What no request can change in an existing index. */
function lastingChanges({ settings, fields }: IndexDifferences): string[] {
  return differencesText({
    settings: settings.filter(({ path }) => STATIC_SETTINGS.has(path)),
    root: [],
    fields: fields.filter(({ isOtherType }) => isOtherType),
  });
}

/** A parameter that cannot be changed, or too many fields: then a new backing index gets what this one refuses. */
function orRolledOver(repair: Repair, sink: Client, stream: string, signal: AbortSignal): Repair {
  const act = async () => {
    try {
      await repair.act();
    } catch (error) {
      if (!(error instanceof errors.ResponseError) || error.statusCode !== 400) throw error;
      await rollOver(sink, stream, signal);
    }
  };
  return { ...repair, act };
}

/** What stays, whatever is repaired. */
function remarks(
  template: IndexDefinition,
  index: IndexDefinition,
  stream: FoundStream,
  context: AssetContext,
): Inspection {
  const blocks = blocksText(index.settings);
  if (blocks !== null) return blocked(blocks);
  const { all, broken } = contradictions(template, stream, context);
  const where = `GET _data_stream/${stream.name} shows settings or mappings of this stream alone`;
  if (broken.length > 0) {
    return blocked(
      `${where}, and they override what the program needs: ${listedDifferences(broken)}; remove them`,
    );
  }
  if (all.length > 0) {
    return { ...OK, rest: 'drift-ignored', detail: `${where}: ${listedDifferences(all)}` };
  }
  return { ...due(), detail: failureStoreText(stream) };
}

/** The bulk writer counts such documents as rejected, so they are not lost. */
function failureStoreText({ failure_store: store, name }: FoundStream): string | null {
  const { enabled = false, indices = [] } = (store ?? {}) as Partial<estypes.IndicesFailureStore>;
  return enabled && indices.length > 0
    ? `its failure store has taken documents: \`tcsync rejects list\` names them, ${name}::failures holds them`
    : null;
}
