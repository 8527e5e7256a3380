/** Names under which the program's parts find each other in Temporal and Elasticsearch. */

/** Workflows and small activities. */
export function taskQueue(namespace: string): string {
  return `tcsync-${namespace}`;
}

/**
 * Activities that read pages: their own queue, so that their concurrency is set by itself.
 * @param queue the namespace's {@link taskQueue}
 */
export function pagesTaskQueue(queue: string): string {
  return `${queue}-pages`;
}

/** Under this name Temporal knows the versions of a namespace's workers. It takes no dot; a namespace has no hyphen. */
export function deploymentName(namespace: string): string {
  return `tcsync-${namespace.replaceAll('.', '-')}`;
}

/** Id of a feed's Schedule, and the beginning of the ids of the runs that it starts. */
export function scheduleId(namespace: string, feed: string): string {
  return `tcsync/${namespace}/${feed}`;
}

/** Id of a run started by hand. An explicit window has an id of its own. */
export function runWorkflowId(
  namespace: string,
  feed: string,
  window: { from?: string; to?: string } = {},
): string {
  const run = `${scheduleId(namespace, feed)}/run`;
  return window.from === undefined && window.to === undefined
    ? run
    : `${run}/${window.from ?? ''}..${window.to ?? ''}`;
}

/** @param dryRun looks only, and has an id of its own: nobody who wants something done is to be told what would be */
export function assetsWorkflowId(namespace: string, dryRun = false): string {
  return `tcsync/${namespace}/assets${dryRun ? '/dry-run' : ''}`;
}

/** The data stream that Elastic's `ti_threatconnect` integration writes to. */
export function dataStream(namespace: string): string {
  return `logs-ti_threatconnect.indicator-${namespace}`;
}

/** One document a feed (watermark, owners, last run) and one for the instance. */
export function stateIndex(namespace: string): string {
  return `tcsync-state-${namespace}`;
}

/** The live indicators of every namespace; rules and dashboards read it, as that of Elastic's integration. */
export const LATEST_ALIAS = 'logs-ti_threatconnect_latest.indicator';

/** Records that could not become documents. */
export function rejectStream(namespace: string): string {
  return `logs-tcsync.reject-${namespace}`;
}

/** One document a run. */
export function runStream(namespace: string): string {
  return `logs-tcsync.run-${namespace}`;
}

/** Id of the run that reads rejected records again. */
export function replayWorkflowId(namespace: string, feed: string): string {
  return `${scheduleId(namespace, feed)}/replay`;
}
