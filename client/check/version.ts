import { isGrpcServiceError } from '@temporalio/client';
import { temporalCommand, type TemporalPlace } from '../../contracts/temporal-command.ts';
import { deploymentName, taskQueue } from '../../contracts/names.ts';
import type { Checklist, Head } from './checklist.ts';
import { ok, warning, type Outcome } from './step.ts';
import { CALL_MS, NOT_FOUND, placeOf, type TemporalSession } from './check-temporal.ts';
import { connected, NEEDS, pollersOf, WORKFLOWS } from './check-worker.ts';

const VERSION: Head = {
  name: 'worker version',
  subject: 'which version of the workers is current',
  trouble: 'no version of the workers is current',
  needs: NEEDS,
};

type Versions = {
  place: TemporalPlace;
  deployment: string;
  /** Build id of the current version; `null` if there is none. */
  current: string | null;
  /** Build ids for which a worker polls. */
  polled: readonly string[];
  /** `TCSYNC_BUILD_ID` */
  buildId: string;
};

/** Needed only if the workers have versions: new runs start on the current version, and wait if there is none. */
export async function checkVersion(
  list: Checklist,
  session: TemporalSession | null,
  { namespace, buildId }: { namespace: string; buildId: string },
): Promise<void> {
  await list.take(VERSION, async () => {
    const deployment = deploymentName(namespace);
    const pollers = await pollersOf(session, taskQueue(namespace), WORKFLOWS);
    return toOutcome({
      place: placeOf(connected(session)),
      deployment,
      current: await currentBuild(session, deployment),
      polled: pollers.flatMap(({ deploymentOptions }) => deploymentOptions?.buildId ?? []),
      buildId,
    });
  });
}

export function toOutcome(versions: Versions): Outcome {
  const { place, deployment, current, polled, buildId } = versions;
  const remedy = polled.includes(buildId)
    ? `To start new runs on ${buildId}: ${temporalCommand(
        `worker deployment set-current-version --deployment-name ${deployment} --build-id ${buildId}`,
        place,
      )}`
    : `Start a worker with TCSYNC_BUILD_ID=${buildId} (\`npx tcsync worker\`), then check again.`;
  if (current === null) {
    return warning(`no version of ${deployment} is current; new runs wait`, remedy);
  }
  if (!polled.includes(current)) {
    return warning(
      `version ${current} of ${deployment} is current, but no worker polls for it; new runs wait`,
      remedy,
    );
  }
  return current === buildId
    ? ok(`version ${current} of ${deployment} is current`)
    : warning(`version ${current} of ${deployment} is current, not ${buildId}`, remedy);
}

async function currentBuild(
  session: TemporalSession | null,
  deployment: string,
): Promise<string | null> {
  const { connection, namespace } = connected(session);
  try {
    const { workerDeploymentInfo } = await connection.withDeadline(Date.now() + CALL_MS, () =>
      connection.workflowService.describeWorkerDeployment({
        namespace,
        deploymentName: deployment,
      }),
    );
    return workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId ?? null;
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    const { code }: { code: number } = error;
    if (code === NOT_FOUND) return null; // no worker of this deployment has polled yet
    throw error;
  }
}
