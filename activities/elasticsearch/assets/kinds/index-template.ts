import type { estypes } from '@elastic/elasticsearch';
import type { Asset } from '../asset.ts';
import { definition } from '../compare/definition.ts';

export type IndexTemplateBody = Omit<estypes.IndicesPutIndexTemplateRequest, 'name'>;

/** The template creates data streams. With the defaults of Elasticsearch, which it returns. */
export const DATA_STREAM = { hidden: false, allow_custom_routing: false } as const;

export function indexTemplate(name: string, body: IndexTemplateBody): Asset {
  return definition({
    name: `index template ${name}`,
    body,
    read: async (sink, signal) => {
      const found = await sink.indices.getIndexTemplate({ name }, { signal, ignore: [404] });
      return found.index_templates?.[0]?.index_template ?? null;
    },
    write: (sink, signal) => sink.indices.putIndexTemplate({ name, ...body }, { signal }),
    compared: [
      'index_patterns',
      'priority',
      'data_stream',
      'allow_auto_create',
      'composed_of',
      'ignore_missing_component_templates',
      'template',
      'version',
      '_meta',
      'deprecated',
    ],
  });
}
