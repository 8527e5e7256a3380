import type { Client, estypes } from '@elastic/elasticsearch';
import { OK, type Asset, type Inspection } from '../asset.ts';

type Managed = estypes.IlmExplainLifecycleLifecycleExplainManaged;

/**
 * Steps of the policy that have failed are tried again, once in each reconciliation: its earlier steps may have
 * corrected the cause.
 */
export function ilmErrors(stream: string): Asset {
  const tried = new Set<string>();
  return {
    name: `ILM steps of ${stream}`,
    body: null,
    inspect: async (sink, signal) => {
      const found = await sink.ilm.explainLifecycle(
        { index: stream, only_errors: true, only_managed: true },
        { signal, ignore: [404] },
      );
      const failed = Object.values(found.indices ?? {}).filter((one) => one.managed);
      return inspectFailed(sink, { stream, failed, tried }, signal);
    },
  };
}

type Failed = { stream: string; failed: readonly Managed[]; tried: Set<string> };

function inspectFailed(
  sink: Client,
  { stream, failed, tried }: Failed,
  signal: AbortSignal,
): Inspection {
  if (failed.length === 0) return OK;
  const texts = failed.map((one) => `${one.index}: ${failureText(one)}`);
  // an index with a missing policy has no step that could be tried again
  const due = failed
    .filter(({ index, step }) => step === 'ERROR' && !tried.has(index))
    .map((one) => ({
      becomes: 'repaired' as const,
      changes: [`${one.index}: ${failureText(one)}, is tried again`],
      act: () => {
        tried.add(one.index);
        // 400: ILM itself has tried it again meanwhile
        return sink.ilm.retry({ index: one.index }, { signal, ignore: [400] });
      },
    }));
  const where = `GET ${stream}/_ilm/explain?only_errors says more`;
  return { due, rest: 'blocked', detail: `${texts.join('; ')}; ${where}` };
}

/** The type of the error only. */
function failureText({ failed_step: step, policy, step_info: info }: Managed): string {
  const type = typeof info?.['type'] === 'string' ? info['type'] : 'no reason given';
  return step === undefined
    ? `policy ${policy ?? 'without a name'} cannot be carried out (${type})`
    : `step ${step} failed (${type})`;
}
