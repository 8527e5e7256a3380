import type { Client } from '@elastic/elasticsearch';
import { takeStep } from '../../activities/elasticsearch/assets/take-step.ts';
import type { AssetContext } from '../../activities/elasticsearch/assets/asset-context.ts';
import { ASSET_STEPS, type AssetReport } from '../../contracts/reconcile-assets-input.ts';
import type { Checklist, Head } from './checklist.ts';
import { INSTALLER } from './check-installer.ts';
import { failed, listed, ok, warning, type Outcome } from './step.ts';

export const ASSETS: Head = {
  name: 'assets',
  subject: 'what `tcsync apply` would do',
  trouble: 'assets are blocked',
  needs: ['Elasticsearch', 'Elasticsearch access', 'Elasticsearch version', INSTALLER.name],
};

/** Compares the assets as `tcsync apply --dry-run` does, but needs no worker. */
export async function checkAssets(
  list: Checklist,
  sink: Client,
  context: AssetContext,
  signal: AbortSignal,
): Promise<void> {
  await list.take(ASSETS, () => lookAt(sink, context, signal));
}

async function lookAt(sink: Client, context: AssetContext, signal: AbortSignal): Promise<Outcome> {
  const reports: AssetReport[] = [];
  for (const step of ASSET_STEPS) {
    reports.push(
      ...(await takeStep(
        sink,
        context,
        { step, dryRun: true, overrule: false, isOpen: null },
        signal,
      )),
    );
  }
  const blocked = reports.filter(({ state }) => state === 'blocked');
  const due = Object.entries(WOULD).flatMap(([state, verb]) => {
    const names = reports.filter((report) => report.state === state).map(({ asset }) => asset);
    return names.length === 0 ? [] : [`${verb} ${listed(names, SHOWN)}`];
  });
  const applied = due.length === 0 ? [] : [`\`npx tcsync apply\` ${due.join(', ')}.`];
  if (blocked.length > 0) {
    return failed(
      `${blocked.length} of ${reports.length} assets are blocked`,
      [...blocked.map(({ asset, detail }) => `${asset}: ${detail}`), ...applied].join('\n'),
    );
  }
  if (due.length > 0) {
    const states = Object.keys(WOULD).flatMap((state) => {
      const count = reports.filter((report) => report.state === state).length;
      return count === 0
        ? []
        : [`${count} of ${reports.length} assets ${STANDING[state as keyof typeof STANDING]}`];
    });
    return warning(states.join('; '), applied.join('\n'));
  }
  return ok(`all ${reports.length} assets are as they should be`);
}

const WOULD = { missing: 'creates', differs: 'updates', broken: 'repairs' } as const;

const STANDING = {
  missing: 'do not exist yet',
  differs: 'differ',
  broken: 'do not work',
} as const;

/** Maximum number of assets that a list names; `apply --dry-run` names all. */
const SHOWN = 4;
