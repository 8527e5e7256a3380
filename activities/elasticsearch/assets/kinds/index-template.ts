import type { estypes } from '@elastic/elasticsearch';
import { presence, type Asset } from '../asset.ts';

export type IndexTemplateBody = Omit<estypes.IndicesPutIndexTemplateRequest, 'name'>;

export function indexTemplate(name: string, body: IndexTemplateBody): Asset {
  return {
    name: `index template ${name}`,
    body,
    inspect: async (sink, signal) =>
      presence(await sink.indices.existsIndexTemplate({ name }, { signal }), () =>
        sink.indices.putIndexTemplate({ name, ...body }, { signal }),
      ),
  };
}
