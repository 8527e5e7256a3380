import type { AssetReport } from '../contracts/reconcile-assets.ts';
import { attempt } from './attempt.ts';
import type { Deps } from './deps.ts';
import type { Asset, Finding } from './elasticsearch/assets/asset.ts';
import { findings } from './elasticsearch/assets/findings.ts';
import { atSink } from './elasticsearch/sink-error.ts';

/** Creates what is missing and starts what is stopped. With `dryRun` it only tells. Safe to repeat. */
export function reconcileAllAssets(
  { sink, server, settings }: Deps,
  { dryRun }: { dryRun: boolean },
): Promise<AssetReport[]> {
  return attempt(async (signal) => {
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
  'Elasticsearch took the request, but it is as it was: does somebody else remove it?';

function toReport({ name }: Asset, finding: Finding, dryRun: boolean): AssetReport {
  const { detail } = finding;
  if (finding.is !== 'due') return { asset: name, state: finding.is, detail };
  return { asset: name, state: dryRun ? 'missing' : finding.becomes, detail };
}
