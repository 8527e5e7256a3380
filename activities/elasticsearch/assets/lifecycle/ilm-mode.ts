import { blocked, OK, type Asset } from '../asset.ts';

/** Whether the cluster carries out its policies. It is never started here: somebody may make a snapshot. */
export function ilmMode(): Asset {
  return {
    name: 'ILM of the cluster',
    body: null,
    inspect: async (sink, signal) => {
      const { operation_mode: mode } = await sink.ilm.getStatus({}, { signal });
      return mode === 'RUNNING'
        ? OK
        : blocked(
            `it is ${mode}, so that no data stream of the cluster rolls over and nothing is deleted: somebody has ` +
              'stopped it, for a snapshot for example; POST _ilm/start starts it again',
          );
    },
  };
}
