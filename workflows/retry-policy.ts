import { ActivityCancellationType } from '@temporalio/workflow';

/** Heartbeat, cancellation and retries of the activities. */
export const ATTEMPTS = {
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  // no limit: an outage of the source or the sink must not fail the run
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '2 minutes' },
} as const;
