import type { estypes } from '@elastic/elasticsearch';
import { presence, type Asset } from '../asset.ts';

export type ComponentTemplateBody = Omit<estypes.ClusterPutComponentTemplateRequest, 'name'>;

export function componentTemplate(name: string, body: ComponentTemplateBody): Asset {
  return {
    name: `component template ${name}`,
    body,
    inspect: async (sink, signal) =>
      presence(await sink.cluster.existsComponentTemplate({ name }, { signal }), () =>
        sink.cluster.putComponentTemplate({ name, ...body }, { signal }),
      ),
  };
}
