import { sharedMeta } from '../namespaces/set-by.ts';
import type { IlmPolicyBody } from '../kinds/ilm-policy.ts';
import type { PlanContext } from '../asset-context.ts';

export const STREAM_POLICY = 'tcsync-ti_threatconnect.indicator';

const ROLLOVER_GB = 50;
export const ROLLOVER_BYTES = ROLLOVER_GB * 2 ** 30;

/** The age in the delete phase is counted from the rollover of each backing index. */
export function streamPolicy(context: PlanContext): IlmPolicyBody {
  const { ilmRollover, ilmDelete } = context;
  return {
    policy: {
      phases: {
        hot: {
          min_age: '0ms',
          actions: {
            rollover: { max_age: ilmRollover, max_primary_shard_size: `${ROLLOVER_GB}gb` },
            set_priority: { priority: 100 },
          },
        },
        delete: { min_age: ilmDelete, actions: { delete: { delete_searchable_snapshot: true } } },
      },
      _meta: sharedMeta(context, 'policy'),
    },
  };
}
