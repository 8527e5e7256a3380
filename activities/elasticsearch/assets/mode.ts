import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import type { AssetContext } from './asset-context.ts';
import { differing, withoutEffectText, type SetBy } from './namespaces/set-by.ts';
import type { FleetPackage } from './takeover/fleet-package.ts';

/** Whose the assets of the indicators are, and what a reconciliation does about them. */
export type Mode = {
  /**
   * `own`: they are the program's. `takeover`: they become the program's, while readers keep those of Elastic's package.
   * `feed-only`: they are left to Elastic's package. `left`: nothing is done about them, the report says why.
   */
  kind: 'own' | 'takeover' | 'feed-only' | 'left';
  /** A line for the report; `null` if there is nothing to tell. */
  report: AssetReport | null;
};

export type ModeFacts = {
  /** `null` if the assets of Elastic's own integration are not installed. */
  fleet: FleetPackage | null;
  /** True if the program's own index template of the data stream exists. */
  isApplied: boolean;
  /** Pipelines of the operator that the package calls. */
  customPipelines: readonly string[];
  /** Number of documents that an agent of the integration has written lately. */
  agentDocuments: number;
  /** Another namespace that has set up the templates; `null` if there is none, or if a person overrules it. */
  setBy: SetBy | null;
};

export function decideMode(context: AssetContext, facts: ModeFacts): Mode {
  const { kind, ...told } = decide(context, facts);
  return {
    kind,
    report: told.detail === null ? null : { asset: ASSET, changes: [], ...told },
  };
}

const ASSET = 'assets of the indicators';

type Decision = Pick<Mode, 'kind'> & Pick<AssetReport, 'state' | 'detail'>;

const QUIET = { state: 'ok', detail: null } as const;

function decide(context: AssetContext, facts: ModeFacts): Decision {
  const { assets } = context;
  const rival = contradicted(context, facts.setBy);
  if (rival !== null) {
    return { kind: 'left', state: 'blocked', detail: `${rival}; until then nothing is changed` };
  }
  const { fleet, isApplied } = facts;
  if (assets === 'takeover') return fleet === null ? { kind: 'own', ...QUIET } : takeOver(facts);
  if (assets === 'feed-only') return feedOnly(fleet !== null);
  if (fleet === null) return { kind: 'own', ...QUIET };
  return isApplied
    ? {
        kind: 'own',
        state: 'foreign',
        detail:
          'Elastic’s ti_threatconnect package was installed later: its templates win over ours when the data stream ' +
          'rolls over. Uninstall it, or set ES_ASSETS=takeover to keep ours, or ES_ASSETS=feed-only to leave the assets to it',
      }
    : {
        kind: 'left',
        state: 'blocked',
        detail:
          'Elastic’s ti_threatconnect package is installed, and its templates win over ours: set ' +
          'ES_ASSETS=feed-only to write documents into its data stream, or ES_ASSETS=takeover to replace it ' +
          '(docs/migrate-from-fleet.md), or uninstall it; nothing was changed',
      };
}

/** To leave the assets to the package contradicts only a takeover. */
function contradicted(context: AssetContext, setBy: SetBy | null): string | null {
  if (setBy === null || setBy.namespace === context.namespace) return null;
  const all = differing(context, 'templates', setBy);
  const isHarmless = context.assets === 'feed-only' && setBy.settings['ES_ASSETS'] === 'own';
  return all.length === 0 || isHarmless ? null : withoutEffectText(setBy, all);
}

function takeOver({ agentDocuments, isApplied, customPipelines }: ModeFacts): Decision {
  if (agentDocuments > 0) {
    const what =
      `an agent of Elastic’s ti_threatconnect integration still writes (${agentDocuments} documents in the last hour): ` +
      'remove the integration from its agent policy in Kibana (Fleet, Agent policies), but keep the package installed; an ' +
      'hour later the takeover goes on';
    return isApplied
      ? { kind: 'takeover', state: 'blocked', detail: what }
      : { kind: 'left', state: 'blocked', detail: `${what}; nothing was changed` };
  }
  if (customPipelines.length === 0) return { kind: 'takeover', ...QUIET };
  return {
    kind: 'takeover',
    state: 'drift-ignored',
    detail: `the package calls your ${customPipelines.join(', ')}; tcsync calls none of them unless ES_PIPELINE names one`,
  };
}

function feedOnly(isInstalled: boolean): Decision {
  return isInstalled
    ? {
        kind: 'feed-only',
        state: 'ok',
        detail: 'left to Elastic’s ti_threatconnect package (ES_ASSETS=feed-only)',
      }
    : {
        kind: 'left',
        state: 'blocked',
        detail:
          'ES_ASSETS=feed-only leaves them to Elastic’s ti_threatconnect package, which is not installed: ' +
          'install its assets in Kibana, or set ES_ASSETS=own',
      };
}
