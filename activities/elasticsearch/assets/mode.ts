import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import type { AssetContext } from './asset-context.ts';

/** Whose the assets of the indicators are. */
export type Mode = {
  isOwn: boolean;
  /** A line for the report if they are not the program's; `null` if they are. */
  report: AssetReport | null;
};

/** @param hasFleetPackage true if the assets of Elastic's own integration are installed */
export function decideMode({ assets }: AssetContext, hasFleetPackage: boolean): Mode {
  const left = leftTo(assets, hasFleetPackage);
  return left === null
    ? { isOwn: true, report: null }
    : { isOwn: false, report: { asset: 'assets of the indicators', changes: [], ...left } };
}

/** Why the program leaves them alone; `null` if it owns them. */
function leftTo(
  assets: AssetContext['assets'],
  hasFleetPackage: boolean,
): Pick<AssetReport, 'state' | 'detail'> | null {
  if (assets === 'takeover') {
    return {
      state: 'blocked',
      detail:
        'ES_ASSETS=takeover cannot be done yet: set own if Elastic’s ti_threatconnect package is not ' +
        'installed, feed-only if it is; nothing was changed',
    };
  }
  if (assets === 'feed-only') {
    return hasFleetPackage
      ? { state: 'ok', detail: 'left to Elastic’s ti_threatconnect package (ES_ASSETS=feed-only)' }
      : {
          state: 'blocked',
          detail:
            'ES_ASSETS=feed-only leaves them to Elastic’s ti_threatconnect package, which is not installed: ' +
            'install its assets in Kibana, or set ES_ASSETS=own',
        };
  }
  return hasFleetPackage
    ? {
        state: 'blocked',
        detail:
          'Elastic’s ti_threatconnect package is installed, and its templates win over ours: set ' +
          'ES_ASSETS=feed-only to write documents into its data stream, or uninstall it ' +
          '(ES_ASSETS=takeover cannot be done yet); nothing was changed',
      }
    : null;
}
