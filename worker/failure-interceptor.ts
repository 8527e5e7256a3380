import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  ActivityInterceptorsFactory,
  Next,
} from '@temporalio/worker';
import { failureTypeOf, toFailure } from '../activities/attempt/failure.ts';
import { failuresBefore } from '../activities/attempt/failure-counts.ts';
import type { FailureType } from '../contracts/failures.ts';

/**
 * Turns an activity's error into the failure that Temporal is to see, in one place for all activities. After a
 * cancellation the failure is the cancellation, whatever error a library made of it. Otherwise a cancelled run would
 * end as failed, or an attempt would hang.
 */
export function failureInterceptor(redact: (text: string) => string): ActivityInterceptorsFactory {
  return (context) => ({ inbound: new FailureInterceptor(context, redact) });
}

class FailureInterceptor implements ActivityInboundCallsInterceptor {
  readonly #context: Context;
  readonly #redact: (text: string) => string;

  constructor(context: Context, redact: (text: string) => string) {
    this.#context = context;
    this.#redact = redact;
  }

  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      const { cancellationSignal, info, log } = this.#context;
      if (cancellationSignal.aborted) throw cancellationSignal.reason;
      if (error instanceof CancelledFailure) throw error;
      const before = failuresBefore(info.heartbeatDetails)[failureTypeOf(error)] ?? 0;
      const failure = toFailure(error, before + 1, this.#redact);
      const level = failure.type === ('Unexpected' satisfies FailureType) ? 'error' : 'debug';
      log[level]('activity failed', { type: failure.type, stack: this.#stackOf(error) });
      throw failure;
    }
  }

  #stackOf(error: unknown): string | undefined {
    const stack = error instanceof Error ? error.stack : undefined;
    return stack === undefined ? undefined : this.#redact(stack);
  }
}
