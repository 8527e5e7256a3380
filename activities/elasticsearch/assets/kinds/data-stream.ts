import { presence, type Asset } from '../asset.ts';
import { requireCreated } from './existing.ts';

/** A data stream whose index template decides everything. */
export function dataStreamOf(name: string): Asset {
  return {
    name: `data stream ${name}`,
    body: null,
    inspect: async (sink, signal) => {
      const found = await sink.indices.getDataStream({ name }, { signal, ignore: [404] });
      return presence(found.data_streams !== undefined, async () => {
        const answer = await sink.indices.createDataStream(
          { name },
          { signal, ignore: [400, 409], meta: true },
        );
        requireCreated(`data stream ${name}`, answer);
      });
    },
  };
}
