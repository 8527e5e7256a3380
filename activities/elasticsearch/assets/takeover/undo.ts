import type { Client } from '@elastic/elasticsearch';
import { dataStream, LATEST_ALIAS } from '../../../../contracts/names.ts';
import { blocked, due, OK, type Asset, type Inspection } from '../asset.ts';
import type { PlanContext } from '../asset-context.ts';
import { MANAGED } from '../ownership.ts';
import { generationsOf, indicesBehindAlias } from '../latest/generation.ts';
import { LATEST_PRIORITY, LATEST_TEMPLATE } from '../latest/latest-template.ts';
import { INGESTED_PIPELINE } from '../stream/ingested-pipeline.ts';
import { STREAM_PRIORITY, STREAM_TEMPLATE } from '../stream/stream-template.ts';
import { coverageOf } from './coverage.ts';
import { lookAtTransforms, type FleetTransform } from './fleet-package.ts';
import { finalPipeline } from './hand-over-stream.ts';
import { moveReaders } from './move-readers.ts';
import { unseenBy } from './unseen-by.ts';

const ALIASES = [{ alias: LATEST_ALIAS, move_on_creation: true }];

/**
 * Gives everything back to Elastic's package after a takeover: the templates, then the data stream, then its transform,
 * and the readers when its latest index is complete again. Without a takeover all of it is as it should be.
 */
export function undoTakeover(context: PlanContext): Asset[] {
  return [
    removedTemplate(STREAM_TEMPLATE, STREAM_PRIORITY.takeover),
    removedTemplate(LATEST_TEMPLATE, LATEST_PRIORITY.takeover),
    returnedStream(dataStream(context.namespace)),
    returnedReaders(context),
  ];
}

/** @param takeover priority above that of Elastic's package, which only a takeover gives it */
function removedTemplate(name: string, takeover: number): Asset {
  return {
    name: `index template ${name}`,
    body: null,
    isQuiet: true,
    inspect: async (sink, signal) => {
      const found = await sink.indices.getIndexTemplate({ name }, { signal, ignore: [404] });
      const { _meta: meta, priority = 0 } = found.index_templates?.[0]?.index_template ?? {};
      const isOurs = meta?.['managed_by'] === MANAGED.managed_by && priority === takeover;
      if (!isOurs) return OK;
      return due({
        becomes: 'repaired',
        changes: [`it is removed, so that the template of Elastic’s package is in effect again`],
        act: () => sink.indices.deleteIndexTemplate({ name }, { signal, ignore: [404] }),
      });
    },
  };
}

function returnedStream(stream: string): Asset {
  return {
    name: `backing index of ${stream}`,
    body: null,
    isQuiet: true,
    inspect: async (sink, signal) => {
      if ((await finalPipeline(sink, stream, signal)) !== INGESTED_PIPELINE) return OK;
      return due({
        becomes: 'repaired',
        changes: ['the data stream rolls over, to an index by the template of Elastic’s package'],
        act: () => sink.indices.rollover({ alias: stream }, { signal }),
      });
    },
  };
}

function returnedReaders(context: PlanContext): Asset {
  return {
    name: `alias ${LATEST_ALIAS}`,
    body: null,
    isQuiet: true,
    inspect: async (sink, signal) => {
      const behind = await indicesBehindAlias(sink, signal);
      const ours = generationsOf(behind).map(({ index }) => index);
      if (ours.length === 0) return OK;
      const { newest } = await lookAtTransforms(sink, signal);
      if (newest === null) {
        return blocked(
          'Elastic’s package has no transform: reinstall its assets in Kibana (Integrations, ThreatConnect, Settings); ' +
            `until then readers keep ${ours.join(', ')}`,
        );
      }
      if (newest.state === 'stopped') return startWithoutAlias(sink, newest.id, signal);
      const behindBy = await unseenBy(sink, newest.id, dataStream(context.namespace), signal);
      if (behindBy > 0) {
        return {
          ...OK,
          detail: `readers keep ${ours.join(', ')} until transform ${newest.id} has seen ${behindBy} documents`,
        };
      }
      const seen = ours.at(-1) as string;
      const { live, missing } = await coverageOf(
        sink,
        { seen, next: newest.index, namespace: context.namespace },
        signal,
      );
      if (missing > 0) {
        return blocked(
          `${missing} of ${live} indicators that readers see are not in ${newest.index}: \`npx tcsync backfill\` writes them ` +
            'again; the alias moves when they are there',
        );
      }
      return returnAlias(sink, context, { ours, newest }, signal);
    },
  };
}

/** Its start would move the alias at once, before its index is complete. */
function startWithoutAlias(sink: Client, id: string, signal: AbortSignal): Inspection {
  return due({
    becomes: 'repaired',
    changes: [`transform ${id} is started; the alias stays until it has caught up`],
    act: async () => {
      await setAliases(sink, id, [], signal);
      await sink.transform.startTransform({ transform_id: id }, { signal, ignore: [409] });
    },
  });
}

function returnAlias(
  sink: Client,
  { latest }: PlanContext,
  { ours, newest: { id, index } }: { ours: readonly string[]; newest: FleetTransform },
  signal: AbortSignal,
): Inspection {
  return due({
    becomes: 'repaired',
    changes: [
      `readers see ${index} instead of ${ours.join(', ')}; transform ${latest.transform} is stopped`,
    ],
    act: async () => {
      await setAliases(sink, id, ALIASES, signal);
      await moveReaders(sink, { from: ours, to: index }, signal);
      await sink.transform.stopTransform(
        { transform_id: latest.transform, force: true, wait_for_completion: true },
        { signal, ignore: [404] },
      );
    },
  });
}

async function setAliases(
  sink: Client,
  id: string,
  aliases: typeof ALIASES,
  signal: AbortSignal,
): Promise<void> {
  const { transforms } = await sink.transform.getTransform({ transform_id: id }, { signal });
  const { aliases: _, ...dest } = (transforms[0]?.dest ?? {}) as Record<string, unknown>;
  await sink.transform.updateTransform(
    {
      transform_id: id,
      defer_validation: true,
      dest: { ...dest, ...(aliases.length === 0 ? {} : { aliases }) } as { index: string },
    },
    { signal },
  );
}
