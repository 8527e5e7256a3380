import type { Client, estypes } from '@elastic/elasticsearch';
import { OK, type Asset, type Inspection, type Repair } from '../asset.ts';
import { STREAM_POLICY } from '../stream/stream-policy.ts';
import { areAsWanted } from '../templates/are-as-wanted.ts';
import { STREAM_TEMPLATE } from '../stream/stream-template.ts';
import { FLEET_POLICY } from '../takeover/fleet-package.ts';

const ILM = 'Index Lifecycle Management';

/**
 * Each backing index has the program's policy, or the one that the effective template gives. A template that was changed by an
 * operator to another policy or to the data stream lifecycle is followed and reported, and never switched back. After a
 * takeover the backing indices of Elastic's package keep the policy of the package.
 */
export function indexPolicies(stream: string, templates: readonly Asset[]): Asset {
  return {
    name: `policies of the backing indices of ${stream}`,
    body: null,
    inspect: async (sink, signal) => {
      const found = await sink.indices.getDataStream({ name: stream }, { signal, ignore: [404] });
      const existing = found.data_streams?.[0];
      if (existing?.template !== STREAM_TEMPLATE) return OK;
      if (!(await areAsWanted(templates, sink, signal))) return OK;
      return inspectStream(sink, existing, signal);
    },
  };
}

function inspectStream(
  sink: Client,
  { indices, ilm_policy: policy, next_generation_managed_by: next }: estypes.IndicesDataStream,
  signal: AbortSignal,
): Inspection {
  if (policy === undefined || next !== ILM)
    return { ...OK, rest: 'drift-ignored', detail: other(next) };
  const due: Repair[] = indices
    .filter(({ ilm_policy: name = '' }) => ![policy, STREAM_POLICY, FLEET_POLICY].includes(name))
    .map(({ index_name: index, ilm_policy: before }) => ({
      becomes: 'repaired',
      changes: [`${index}: policy ${before ?? 'not set'} → ${policy}`],
      act: () =>
        sink.indices.putSettings(
          { index, settings: { 'index.lifecycle.name': policy } },
          { signal },
        ),
    }));
  const strays = indices
    .filter((index) => index.ilm_policy === policy && (index.managed_by ?? ILM) !== ILM)
    .map(({ index_name: name }) => name);
  if (strays.length === 0) return { ...OK, due };
  return {
    due,
    rest: 'drift-ignored',
    detail: `ILM does not manage ${strays.join(', ')}, because index.lifecycle.prefer_ilm is false there`,
  };
}

function other(manager: string): string {
  return manager === 'Unmanaged'
    ? 'no policy manages the next backing index, by a template or a setting of your own: its documents are kept for ever'
    : `“${manager}” manages the data stream instead of ILM, by a template or a setting of your own: ES_ILM_ROLLOVER ` +
        'and ES_ILM_DELETE have no effect';
}
