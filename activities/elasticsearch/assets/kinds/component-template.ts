import type { estypes } from '@elastic/elasticsearch';
import type { Asset } from '../asset.ts';
import { definition } from '../compare/definition.ts';

export type ComponentTemplateBody = Omit<estypes.ClusterPutComponentTemplateRequest, 'name'>;

export function componentTemplate(name: string, body: ComponentTemplateBody): Asset {
  return definition({
    name: `component template ${name}`,
    body,
    read: async (sink, signal) => {
      const found = await sink.cluster.getComponentTemplate({ name }, { signal, ignore: [404] });
      return found.component_templates?.[0]?.component_template ?? null;
    },
    write: (sink, signal) => sink.cluster.putComponentTemplate({ name, ...body }, { signal }),
    compared: ['template', 'version', '_meta', 'deprecated'],
  });
}
