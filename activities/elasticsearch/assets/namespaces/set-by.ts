import { parseDurationMs } from '../../../../contracts/duration.ts';
import type { PlanContext } from '../asset-context.ts';
import { MANAGED } from '../ownership.ts';

/** Assets that all namespaces of a cluster share, and the settings that decide them. */
const SETTINGS = {
  templates: { assets: 'ES_ASSETS' },
  policy: { ilmRollover: 'ES_ILM_ROLLOVER', ilmDelete: 'ES_ILM_DELETE' },
  transform: { transformDelay: 'ES_TRANSFORM_DELAY', transformFrequency: 'ES_TRANSFORM_FREQUENCY' },
} as const;

export type Shared = keyof typeof SETTINGS;

/** Who set a shared asset, and to what. In `_meta` of the asset, so that every namespace of the cluster sees it. */
export type SetBy = {
  namespace: string;
  /** By variable: `{ ES_ILM_DELETE: '7d' }`. */
  settings: Readonly<Record<string, string>>;
};

/** A setting that another namespace has set to another value. */
export type Differing = { variable: string; theirs: string; own: string };

type Name = { [S in Shared]: keyof (typeof SETTINGS)[S] }[Shared];

type Settings = Pick<PlanContext, Name | 'namespace' | 'setBy'>;

const MEMBER = 'set_by';

/** `_meta` of a shared asset. */
export function sharedMeta(context: Settings, shared: Shared): Record<string, unknown> {
  const { setBy = {}, namespace } = context;
  return {
    ...MANAGED,
    [MEMBER]: { namespace: setBy[shared] ?? namespace, ...ownSettings(context, shared) },
  };
}

/** @returns `null` if nobody is named, or if a person has made a setting unreadable */
export function setByIn({ _meta: meta }: { _meta?: unknown }, shared: Shared): SetBy | null {
  const { managed_by: owner, [MEMBER]: stored } = (meta ?? {}) as Record<string, unknown>;
  if (owner !== MANAGED.managed_by || typeof stored !== 'object' || stored === null) return null;
  const { namespace, ...settings } = stored as Record<string, unknown>;
  if (typeof namespace !== 'string') return null;
  const known = Object.values(SETTINGS[shared]).map((variable) => [variable, settings[variable]]);
  return known.every(([variable, value]) => isValue(String(variable), value))
    ? { namespace, settings: Object.fromEntries(known) as Record<string, string> }
    : null;
}

/** What another namespace has set to another value than this one has; empty if they agree. */
export function differing(context: Settings, shared: Shared, { settings }: SetBy): Differing[] {
  return Object.entries(ownSettings(context, shared)).flatMap(([variable, own]) => {
    const theirs = settings[variable] ?? own;
    return theirs === own ? [] : [{ variable, theirs, own }];
  });
}

/** The plan of a namespace that keeps to the settings of another one. */
export function withSettingsOf<T extends Settings>(context: T, shared: Shared, setBy: SetBy): T {
  const settings = Object.entries(SETTINGS[shared]).map(([name, variable]) => [
    name,
    setBy.settings[variable],
  ]);
  return {
    ...context,
    ...Object.fromEntries(settings),
    setBy: { ...context.setBy, [shared]: setBy.namespace },
  };
}

export function withoutEffectText({ namespace }: SetBy, all: readonly Differing[]): string {
  const values = all.map(
    ({ variable, theirs, own }) => `${variable}=${theirs} (here ${own}, without effect)`,
  );
  return (
    `namespace ${namespace} has set ${values.join(' and ')} for all namespaces of this cluster: give both the same ` +
    'value, or run `npx tcsync apply` in this namespace to set its value for all'
  );
}

export function overruledText({ namespace }: SetBy, all: readonly Differing[]): string {
  const values = all.map(({ variable, theirs, own }) => `${variable}=${own} instead of ${theirs}`);
  return `\`tcsync apply\` sets ${values.join(' and ')} for all namespaces of this cluster; namespace ${namespace} had set it`;
}

function ownSettings(context: Settings, shared: Shared): Record<string, string> {
  const all = Object.entries(SETTINGS[shared]) as [Name, string][];
  return Object.fromEntries(all.map(([name, variable]) => [variable, context[name]]));
}

function isValue(variable: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return variable === SETTINGS.templates.assets
    ? value === 'own' || value === 'takeover'
    : parseDurationMs(value) !== null;
}
