import type { estypes } from '@elastic/elasticsearch';
import type { Asset } from '../asset.ts';
import { definition } from '../compare/definition.ts';

export type IngestPipelineBody = Omit<estypes.IngestPutPipelineRequest, 'id'>;

export function ingestPipeline(id: string, body: IngestPipelineBody): Asset {
  return definition({
    name: `ingest pipeline ${id}`,
    body,
    read: async (sink, signal) => {
      const found = await sink.ingest.getPipeline({ id }, { signal, ignore: [404] });
      return found[id] ?? null;
    },
    write: (sink, signal) => sink.ingest.putPipeline({ id, ...body }, { signal }),
    compared: ['description', 'processors', 'on_failure', 'version', '_meta', 'deprecated'],
  });
}
