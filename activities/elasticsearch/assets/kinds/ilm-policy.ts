import type { estypes } from '@elastic/elasticsearch';
import { presence, type Asset } from '../asset.ts';

export type IlmPolicyBody = Omit<estypes.IlmPutLifecycleRequest, 'name'>;

export function ilmPolicy(name: string, body: IlmPolicyBody): Asset {
  return {
    name: `ILM policy ${name}`,
    body,
    inspect: async (sink, signal) => {
      const found = await sink.ilm.getLifecycle({ name }, { signal, ignore: [404] });
      return presence(name in found, () => sink.ilm.putLifecycle({ name, ...body }, { signal }));
    },
  };
}
