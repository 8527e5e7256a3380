import { presence, type Asset } from '../asset.ts';
import { requireCreated, requireTemplate } from './existing.ts';

/** A plain index whose index template decides everything. */
export function indexOf(index: string, template: string): Asset {
  return {
    name: `index ${index}`,
    body: null,
    inspect: async (sink, signal) => {
      // not HEAD: its refusal would not say which privilege is missing
      const found = await sink.indices.get(
        { index, filter_path: ['*.aliases'] },
        { signal, ignore: [404], meta: true },
      );
      return presence(found.statusCode !== 404, async () => {
        await requireTemplate(sink, template, signal);
        const answer = await sink.indices.create(
          { index },
          { signal, ignore: [400, 409], meta: true },
        );
        requireCreated(`index ${index}`, answer);
      });
    },
  };
}
