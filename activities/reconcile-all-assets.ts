import {
  SCHEDULE_SETTINGS,
  WORKER_SETTINGS,
  type AssetReport,
} from '../contracts/reconcile-assets-input.ts';
import { differingSettings, type SettingsCode } from '../contracts/settings-code.ts';
import { attempt } from './attempt/attempt.ts';
import type { Deps } from './attempt/deps.ts';
import type { Asset, Finding } from './elasticsearch/assets/asset.ts';
import { findings } from './elasticsearch/assets/findings.ts';
import { atSink } from './elasticsearch/sink-error.ts';

/**
 * Creates missing assets and starts stopped ones. With `dryRun` it only reports. Safe to repeat. If the caller's
 * settings differ from the worker's, the report says only that, since it would be about other assets than the caller
 * expects.
 */
export function reconcileAllAssets(
  { sink, server, settings, compared }: Deps,
  { dryRun, settingsCode }: { dryRun: boolean; settingsCode?: SettingsCode | undefined },
): Promise<AssetReport[]> {
  return attempt(async (signal) => {
    const all = settingsCode === undefined ? [] : differingSettings(compared, settingsCode);
    const differing = all?.filter((name) => !SCHEDULE_SETTINGS.includes(name)) ?? null;
    if (differing?.length !== 0) return [otherSettings(differing)];
    const { flavour } = await server(signal);
    const report: AssetReport[] = [];
    for await (const found of findings(sink, { ...settings, flavour }, signal)) {
      if ('left' in found) {
        report.push(found.left);
        continue;
      }
      const { asset, finding } = found;
      if (finding.is === 'due' && !dryRun) {
        const verb = finding.becomes === 'created' ? 'create' : 'start';
        await atSink(`${verb} ${asset.name}`, signal, () => finding.act());
        const { is } = await atSink(`look up ${asset.name}`, signal, () =>
          asset.inspect(sink, signal),
        );
        if (is === 'due') {
          report.push({ asset: asset.name, state: 'blocked', detail: NOT_KEPT });
          continue;
        }
      }
      report.push(toReport(asset, finding, dryRun));
    }
    return report;
  });
}

const NOT_KEPT =
  'Elasticsearch accepted the request, but nothing has changed: does somebody else remove it?';

function toReport({ name }: Asset, finding: Finding, dryRun: boolean): AssetReport {
  const { detail } = finding;
  if (finding.is !== 'due') return { asset: name, state: finding.is, detail };
  return { asset: name, state: dryRun ? 'missing' : finding.becomes, detail };
}

function otherSettings(differing: readonly string[] | null): AssetReport {
  const what =
    differing === null
      ? 'the worker has another version of tcsync than the command line'
      : `the worker has other values than the command line for ${differing.join(', ')}`;
  return {
    asset: WORKER_SETTINGS,
    state: 'blocked',
    detail: `${what}: restart it with these settings, or apply with its settings; nothing was changed`,
  };
}
