import { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import { comparedSettings } from '../../config/compared-settings.ts';
import { otherSettings } from '../../watch/judge-temporal.ts';
import { lookAtWorkers } from '../../watch/workers.ts';
import type { Checklist, Head } from './checklist.ts';
import { ok, warning } from './step.ts';
import { CALL_MS, type TemporalSession } from './check-temporal.ts';
import { connected, NEEDS } from './check-worker.ts';

export const SETTINGS: Head = {
  name: 'worker settings',
  subject: 'whether the workers have these settings',
  trouble: 'the settings of the workers are not known',
  needs: NEEDS,
};

/** The other steps check the settings of this process. A worker may have other settings. */
export async function checkSettings(
  list: Checklist,
  session: TemporalSession | null,
  config: Omit<Config, 'worker'>,
): Promise<void> {
  await list.take(SETTINGS, async () => {
    const { connection, namespace } = connected(session);
    const temporal = new Client({ connection, namespace });
    const { pollers } = await connection.withDeadline(Date.now() + CALL_MS, () =>
      lookAtWorkers(temporal, config.program.namespace),
    );
    const settings = comparedSettings(config);
    const others = pollers.flatMap(({ identity }) => otherSettings(identity, settings) ?? []);
    if (others.length === 0) return ok('no worker has other settings than these');
    return warning(
      others.join('; '),
      'This check used these settings, not those of the worker: restart the worker with these, or check with its settings. A worker that has ended is listed for another 90 s.',
    );
  });
}
