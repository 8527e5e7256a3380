import { ActivityCancellationType } from '@temporalio/workflow';

/** How activities are tried. */
export const ATTEMPTS = {
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  // no end: an outage of the source or the sink must not fail the run
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '2 minutes' },
} as const;
