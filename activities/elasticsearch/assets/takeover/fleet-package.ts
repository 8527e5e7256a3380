import type { Client } from '@elastic/elasticsearch';
import { atSink } from '../../sink-error.ts';

/** Index template of Elastic's own integration. */
export const FLEET_TEMPLATE = 'logs-ti_threatconnect.indicator';
/** Its ILM policy. */
export const FLEET_POLICY = 'logs-ti_threatconnect.indicator-default_policy';
/** Its transforms, of any version. */
export const FLEET_TRANSFORMS = 'logs-ti_threatconnect.latest-*';
/** Component and ingest pipelines that its operator may have written. */
const CUSTOM_PIPELINES = [
  'logs@custom',
  'ti_threatconnect@custom',
  'logs-ti_threatconnect.indicator@custom',
];

/** The assets of Elastic's own integration, as Fleet has installed them. */
export type FleetPackage = {
  /** By the numbers of their indices. */
  transforms: FleetTransform[];
  /** The one that writes into the newest latest index of the package; `null` if there is no transform. */
  newest: FleetTransform | null;
};

export type FleetTransform = {
  id: string;
  /** `started`, `stopped`, `failed` … */
  state: string;
  /** The index into which it writes. */
  index: string;
};

/** `null` if the package is not installed. */
export async function lookAtFleet(sink: Client, signal: AbortSignal): Promise<FleetPackage | null> {
  const found = await atSink(`GET _index_template/${FLEET_TEMPLATE}`, signal, () =>
    sink.indices.getIndexTemplate({ name: FLEET_TEMPLATE }, { signal, ignore: [404] }),
  );
  const { _meta: meta } = found.index_templates?.[0]?.index_template ?? {};
  if (meta?.managed_by !== 'fleet') return null;
  return lookAtTransforms(sink, signal);
}

/** Its transforms at this moment. */
export async function lookAtTransforms(sink: Client, signal: AbortSignal): Promise<FleetPackage> {
  const wanted = { transform_id: FLEET_TRANSFORMS };
  const { transforms: configs } = await atSink(`GET _transform/${FLEET_TRANSFORMS}`, signal, () =>
    sink.transform.getTransform(wanted, { signal, ignore: [404] }),
  );
  if (configs.length === 0) return { transforms: [], newest: null };
  const { transforms: stats } = await atSink(
    `GET _transform/${FLEET_TRANSFORMS}/_stats`,
    signal,
    () => sink.transform.getTransformStats(wanted, { signal, ignore: [404] }),
  );
  const states = new Map(stats.map(({ id, state }) => [id, state]));
  const transforms = configs
    .map(({ id, dest }) => ({ id, index: dest.index ?? '', state: states.get(id) ?? 'missing' }))
    .sort((one, other) => numberOf(one.index) - numberOf(other.index));
  return { transforms, newest: transforms.at(-1) ?? null };
}

/** `…dest_indicator-8` comes before `…dest_indicator-10`. */
function numberOf(index: string): number {
  return Number(/\d+$/.exec(index)?.[0] ?? 0);
}

/** Ids of the operator's pipelines that the package calls. */
export async function customPipelines(sink: Client, signal: AbortSignal): Promise<string[]> {
  const found = await atSink('GET _ingest/pipeline/*@custom', signal, () =>
    sink.ingest.getPipeline({ id: CUSTOM_PIPELINES.join(',') }, { signal, ignore: [404] }),
  );
  return CUSTOM_PIPELINES.filter((id) => id in found);
}
