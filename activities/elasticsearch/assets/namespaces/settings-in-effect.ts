import type { Client } from '@elastic/elasticsearch';
import { SinkForbiddenError } from '../../../../contracts/errors.ts';
import type { AssetReport, AssetStep } from '../../../../contracts/reconcile-assets-input.ts';
import { atSink } from '../../sink-error.ts';
import type { PlanContext } from '../asset-context.ts';
import { STREAM_POLICY } from '../stream/stream-policy.ts';
import { STREAM_TEMPLATE } from '../stream/stream-template.ts';
import {
  differing,
  overruledText,
  setByIn,
  withoutEffectText,
  withSettingsOf,
  type SetBy,
  type Shared,
} from './set-by.ts';

/** The shared assets whose settings a step needs. */
const NEEDED: Readonly<Partial<Record<AssetStep, readonly Shared[]>>> = {
  lifecycle: ['policy'],
  templates: ['templates'],
  stream: ['templates'],
  'backing-indices': ['templates', 'policy'],
  latest: ['templates'],
  transform: ['policy', 'transform'],
};

/** The step that says whose settings count. */
const TOLD: Readonly<Partial<Record<AssetStep, Shared>>> = {
  lifecycle: 'policy',
  templates: 'templates',
  transform: 'transform',
};

/**
 * Puts the settings that count into the plan. For an asset that all namespaces share these are the settings of the
 * namespace that set it, unless a person overrules them by `tcsync apply`: otherwise namespaces with different settings
 * would correct each other in every reconciliation. A change by hand is corrected by any namespace, to these settings.
 */
export async function settingsInEffect(
  sink: Client,
  plan: PlanContext,
  { step, overrule }: { step: AssetStep; overrule: boolean },
  signal: AbortSignal,
): Promise<{ plan: PlanContext; reports: AssetReport[] }> {
  let inEffect = plan;
  const reports: AssetReport[] = [];
  for (const shared of NEEDED[step] ?? []) {
    if (shared === 'policy' && plan.flavour === 'serverless') continue;
    const setBy = await READ[shared](sink, plan, signal);
    if (setBy === null || setBy.namespace === plan.namespace) continue;
    const all = differing(plan, shared, setBy);
    if (all.length === 0 || !overrule) inEffect = withSettingsOf(inEffect, shared, setBy);
    if (all.length === 0 || TOLD[step] !== shared) continue;
    const asset = `settings of ${ASSET[shared](plan)}`;
    reports.push(
      overrule
        ? { asset, state: 'ok', changes: [], detail: overruledText(setBy, all) }
        : { asset, state: 'blocked', changes: [], detail: withoutEffectText(setBy, all) },
    );
  }
  return { plan: inEffect, reports };
}

/** Whose setting `ES_ASSETS` counts; `null` if the template does not exist, or names nobody. */
export function templatesSetBy(sink: Client, signal: AbortSignal): Promise<SetBy | null> {
  return readSetBy('templates', async () => {
    const found = await atSink(`GET _index_template/${STREAM_TEMPLATE}`, signal, () =>
      sink.indices.getIndexTemplate(
        { name: STREAM_TEMPLATE, filter_path: ['index_templates.index_template._meta'] },
        { signal, ignore: [404] },
      ),
    );
    return found.index_templates?.[0]?.index_template;
  });
}

const ASSET: Readonly<Record<Shared, (plan: PlanContext) => string>> = {
  templates: () => `index template ${STREAM_TEMPLATE}`,
  policy: () => `ILM policy ${STREAM_POLICY}`,
  transform: ({ latest }) => `transform ${latest.transform}`,
};

const READ: Readonly<
  Record<Shared, (sink: Client, plan: PlanContext, signal: AbortSignal) => Promise<SetBy | null>>
> = {
  templates: (sink, _plan, signal) => templatesSetBy(sink, signal),
  policy: (sink, _plan, signal) =>
    readSetBy('policy', async () => {
      const found = await atSink(`GET _ilm/policy/${STREAM_POLICY}`, signal, () =>
        sink.ilm.getLifecycle({ name: STREAM_POLICY }, { signal, ignore: [404] }),
      );
      return found[STREAM_POLICY]?.policy;
    }),
  transform: (sink, { latest: { transform } }, signal) =>
    readSetBy('transform', async () => {
      const { transforms } = await atSink(`GET _transform/${transform}`, signal, () =>
        sink.transform.getTransform({ transform_id: transform }, { signal, ignore: [404] }),
      );
      return transforms?.[0];
    }),
};

/** A missing privilege is reported by the line of the asset itself. */
async function readSetBy(
  shared: Shared,
  read: () => Promise<{ _meta?: unknown } | undefined>,
): Promise<SetBy | null> {
  try {
    return setByIn((await read()) ?? {}, shared);
  } catch (error) {
    if (error instanceof SinkForbiddenError) return null;
    throw error;
  }
}
