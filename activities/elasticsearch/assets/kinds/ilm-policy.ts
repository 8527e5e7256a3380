import type { estypes } from '@elastic/elasticsearch';
import type { Asset } from '../asset.ts';
import { definition } from '../compare/definition.ts';

export type IlmPolicyBody = { policy: estypes.IlmPolicy };

export function ilmPolicy(name: string, body: IlmPolicyBody): Asset {
  const compared = definition({
    name: `ILM policy ${name}`,
    body: body.policy,
    read: async (sink, signal) => {
      const found = await sink.ilm.getLifecycle({ name }, { signal, ignore: [404] });
      return found[name]?.policy ?? null;
    },
    write: (sink, signal) => sink.ilm.putLifecycle({ name, ...body }, { signal }),
    compared: ['phases', '_meta'],
  });
  return { ...compared, body };
}
