import type { Client } from '@elastic/elasticsearch';

/** Index template of Elastic's own integration. */
export const FLEET_TEMPLATE = 'logs-ti_threatconnect.indicator';

/** True if Fleet has installed the assets of Elastic's own integration. */
export async function hasFleetPackage(sink: Client, signal: AbortSignal): Promise<boolean> {
  const found = await sink.indices.getIndexTemplate(
    { name: FLEET_TEMPLATE },
    { signal, ignore: [404] },
  );
  const { _meta: meta } = found.index_templates?.[0]?.index_template ?? {};
  return meta?.managed_by === 'fleet';
}
