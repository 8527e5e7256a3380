import type { WorkflowInterceptors } from '@temporalio/workflow';
import type { FailureType } from '../contracts/failures.ts';
import { requireDecoded } from './undecodable.ts';

/** Ends the run if the result of an activity cannot be decoded, because somebody completed the activity by hand. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      async scheduleActivity(input, next) {
        const result = await next(input);
        requireDecoded(
          `the result of activity ${input.activityType}`,
          result,
          'Unexpected' satisfies FailureType,
        );
        return result;
      },
    },
  ],
});
