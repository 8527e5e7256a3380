import { presence, type Asset } from '../asset.ts';
import { requireCreated } from './existing.ts';

/** A plain index whose index template decides everything. */
export function indexOf(index: string): Asset {
  return {
    name: `index ${index}`,
    body: null,
    inspect: async (sink, signal) =>
      presence(await sink.indices.exists({ index }, { signal }), async () => {
        const answer = await sink.indices.create(
          { index },
          { signal, ignore: [400, 409], meta: true },
        );
        requireCreated(`index ${index}`, answer);
      }),
  };
}
