/** The names by which the parts of the program find each other in Temporal and Elasticsearch. */

/** Task queue of workflows and small activities. */
export function taskQueue(namespace: string): string {
  return `tcsync-${namespace}`;
}

/**
 * Task queue of the activities that read pages. It is a queue of its own, so that their concurrency has its own limit.
 * @param queue the namespace's {@link taskQueue}
 */
export function pagesTaskQueue(queue: string): string {
  return `${queue}-pages`;
}

/**
 * Temporal groups the versions of a namespace's workers under this name. It must not contain a dot. A namespace
 * contains no hyphen, so that two namespaces never share a name.
 */
export function deploymentName(namespace: string): string {
  return `tcsync-${namespace.replaceAll('.', '-')}`;
}

/** Id of a feed's Schedule, and the beginning of the ids of the runs that it starts. */
export function scheduleId(namespace: string, feed: string): string {
  return `tcsync/${namespace}/${feed}`;
}

/** Id of a run with an explicit window. Other runs are started by the feed's Schedule, which gives them their ids. */
export function runWorkflowId(
  namespace: string,
  feed: string,
  window: { from: string; to?: string | undefined },
): string {
  return `${scheduleId(namespace, feed)}/run/${window.from}..${window.to ?? ''}`;
}

/** Id of a backfill, and the beginning of the ids of the runs that read its spans. */
export function backfillWorkflowId(
  namespace: string,
  feed: string,
  { from, to }: { from: string; to: string },
): string {
  return `${scheduleId(namespace, feed)}/backfill/${from}..${to}`;
}

/** @param backfillId workflow id of the backfill */
export function spanWorkflowId(backfillId: string, { from, to }: { from: string; to: string }) {
  return `${backfillId}/${from}..${to}`;
}

/** @param dryRun gives the run an id of its own: `tcsync apply` must not follow a run that only reports */
export function assetsWorkflowId(namespace: string, dryRun = false): string {
  return `tcsync/${namespace}/assets${dryRun ? '/dry-run' : ''}`;
}

/** Id of the run that replaces the latest index: a namespace has one at a time. */
export function replacementWorkflowId(namespace: string): string {
  return `tcsync/${namespace}/latest`;
}

/** The data stream that Elastic's `ti_threatconnect` integration writes to. */
export function dataStream(namespace: string): string {
  return `logs-ti_threatconnect.indicator-${namespace}`;
}

/** One document per feed (watermark, owners, last run) and one for the instance. */
export function stateIndex(namespace: string): string {
  return `tcsync-state-${namespace}`;
}

/** The live indicators of every namespace. Rules and dashboards read it, as they read that of Elastic's integration. */
export const LATEST_ALIAS = 'logs-ti_threatconnect_latest.indicator';

/** Records that could not become documents. */
export function rejectStream(namespace: string): string {
  return `logs-tcsync.reject-${namespace}`;
}

/** One document per run. */
export function runStream(namespace: string): string {
  return `logs-tcsync.run-${namespace}`;
}

/** Id of the run that reads rejected records again. */
export function replayWorkflowId(namespace: string, feed: string): string {
  return `${scheduleId(namespace, feed)}/replay`;
}
