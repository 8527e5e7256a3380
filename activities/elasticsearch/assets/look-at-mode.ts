import type { Client } from '@elastic/elasticsearch';
import { atSink } from '../sink-error.ts';
import type { AssetContext } from './asset-context.ts';
import { decideMode, type Mode } from './mode.ts';
import { templatesSetBy } from './namespaces/settings-in-effect.ts';
import { STREAM_TEMPLATE } from './stream/stream-template.ts';
import { agentDocuments } from './takeover/agent-documents.ts';
import { customPipelines, lookAtFleet, type FleetPackage } from './takeover/fleet-package.ts';

/** Looks whether Elastic's own package is installed, and decides whose the assets of the indicators are. */
export async function lookAtMode(
  sink: Client,
  context: AssetContext,
  { overrule }: { overrule: boolean },
  signal: AbortSignal,
): Promise<{ fleet: FleetPackage | null; mode: Mode }> {
  const fleet = await lookAtFleet(sink, signal);
  const isTakeover = fleet !== null && context.assets === 'takeover';
  const mode = decideMode(context, {
    fleet,
    isApplied: fleet !== null && (await isApplied(sink, signal)),
    customPipelines: isTakeover ? await customPipelines(sink, signal) : [],
    setBy: overrule ? null : await templatesSetBy(sink, signal),
    agentDocuments: isTakeover ? await agentDocuments(sink, context, signal) : 0,
  });
  return { fleet, mode };
}

function isApplied(sink: Client, signal: AbortSignal): Promise<boolean> {
  return atSink(`HEAD _index_template/${STREAM_TEMPLATE}`, signal, () =>
    sink.indices.existsIndexTemplate({ name: STREAM_TEMPLATE }, { signal }),
  );
}
