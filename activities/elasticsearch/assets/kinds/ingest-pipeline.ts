import type { estypes } from '@elastic/elasticsearch';
import { presence, type Asset } from '../asset.ts';

export type IngestPipelineBody = Omit<estypes.IngestPutPipelineRequest, 'id'>;

export function ingestPipeline(id: string, body: IngestPipelineBody): Asset {
  return {
    name: `ingest pipeline ${id}`,
    body,
    inspect: async (sink, signal) => {
      const found = await sink.ingest.getPipeline({ id }, { signal, ignore: [404] });
      return presence(id in found, () => sink.ingest.putPipeline({ id, ...body }, { signal }));
    },
  };
}
