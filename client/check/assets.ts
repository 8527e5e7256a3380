import type { Client } from '@elastic/elasticsearch';
import { inspectAssets } from '../../activities/elasticsearch/assets/inspect-assets.ts';
import type { AssetContext } from '../../activities/elasticsearch/assets/asset-context.ts';
import { SinkUnauthorizedError } from '../../contracts/errors.ts';
import type { Checklist, Head } from './checklist.ts';
import { PRIVILEGES } from './check-privileges.ts';
import { failed, listed, ok, skipped, warning, type Outcome } from './step.ts';

export const ASSETS: Head = {
  name: 'assets',
  subject: 'what `tcsync apply` would do',
  trouble: 'assets are blocked',
  needs: ['Elasticsearch', 'Elasticsearch access', 'Elasticsearch version'],
};

/** Compares the assets as `tcsync apply --dry-run` does, but needs no worker. */
export async function checkAssets(
  list: Checklist,
  sink: Client,
  context: AssetContext,
  signal: AbortSignal,
): Promise<void> {
  const lacksPrivileges = list.hasFailed(PRIVILEGES.name);
  await list.take(ASSETS, () =>
    lookAt(sink, context, signal).catch((error: unknown) => {
      if (!lacksPrivileges || !(error instanceof SinkUnauthorizedError)) throw error;
      return skipped(`${ASSETS.subject}, because ${PRIVILEGES.trouble}`);
    }),
  );
}

async function lookAt(sink: Client, context: AssetContext, signal: AbortSignal): Promise<Outcome> {
  const missing: string[] = [];
  const stopped: string[] = [];
  const blocked: string[] = [];
  let total = 0;
  for await (const found of inspectAssets(sink, context, signal)) {
    total += 1;
    if ('left' in found) {
      const { asset, state, detail } = found.left;
      if (state === 'blocked') blocked.push(`${asset}: ${detail}`);
    } else if (found.inspection.is === 'blocked') {
      blocked.push(`${found.asset.name}: ${found.inspection.detail}`);
    } else if (found.inspection.is === 'due') {
      (found.inspection.becomes === 'created' ? missing : stopped).push(found.asset.name);
    }
  }
  const due = [
    ...(missing.length > 0 ? [`creates ${listed(missing, SHOWN)}`] : []),
    ...(stopped.length > 0 ? [`starts ${listed(stopped, SHOWN)}`] : []),
  ];
  const applied = due.length === 0 ? [] : [`\`npx tcsync apply\` ${due.join(' and ')}.`];
  if (blocked.length > 0) {
    return failed(
      `${blocked.length} of ${total} assets are blocked`,
      [...blocked, ...applied].join('\n'),
    );
  }
  if (due.length > 0) {
    const states = [
      ...(missing.length > 0 ? [`${missing.length} of ${total} assets do not exist yet`] : []),
      ...(stopped.length > 0 ? [`${stopped.join(', ')} is stopped`] : []),
    ];
    return warning(states.join('; '), applied.join('\n'));
  }
  return ok(`all ${total} assets exist`);
}

/** Maximum number of assets that a list names; `apply --dry-run` names all. */
const SHOWN = 4;
