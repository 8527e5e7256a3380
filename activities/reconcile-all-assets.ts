import {
  SCHEDULE_SETTINGS,
  WORKER_SETTINGS,
  type AssetReport,
} from '../contracts/reconcile-assets-input.ts';
import { differingSettings, type SettingsCode } from '../contracts/settings-code.ts';
import { attempt } from './attempt/attempt.ts';
import type { Deps } from './attempt/deps.ts';
import type { Asset, Inspection } from './elasticsearch/assets/asset.ts';
import { inspectAssets } from './elasticsearch/assets/inspect-assets.ts';
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
    for await (const found of inspectAssets(sink, { ...settings, flavour }, signal)) {
      if ('left' in found) {
        report.push(found.left);
        continue;
      }
      const { asset, inspection } = found;
      if (inspection.is === 'due' && !dryRun) {
        const verb = inspection.becomes === 'created' ? 'create' : 'start';
        await atSink(`${verb} ${asset.name}`, signal, () => inspection.act());
        const { is } = await atSink(`look up ${asset.name}`, signal, () =>
          asset.inspect(sink, signal),
        );
        if (is === 'due') {
          report.push({ asset: asset.name, state: 'blocked', detail: NOT_KEPT });
          continue;
        }
      }
      report.push(toReport(asset, inspection, dryRun));
    }
    return report;
  });
}

const NOT_KEPT =
  'Elasticsearch accepted the request, but nothing has changed: does somebody else remove it?';

function toReport({ name }: Asset, inspection: Inspection, dryRun: boolean): AssetReport {
  const { detail } = inspection;
  if (inspection.is !== 'due') return { asset: name, state: inspection.is, detail };
  return { asset: name, state: dryRun ? 'missing' : inspection.becomes, detail };
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
