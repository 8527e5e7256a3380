import type { WorkflowInterceptors } from '@temporalio/workflow';
import type { FailureType } from '../contracts/failures.ts';
import { requireDecoded } from './undecodable.ts';

/** A result that cannot be decoded, of an activity that somebody completed by hand, ends the run. */
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
