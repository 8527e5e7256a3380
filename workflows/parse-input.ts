import { ApplicationFailure } from '@temporalio/workflow';
import { z } from 'zod';
import type { FailureType } from '../contracts/failures.ts';
import { requireDecoded } from './undecodable.ts';

/**
 * Checks an input that may come from a person. A bad input ends the run with a clear error. Any other exception would
 * leave the run open with a task that fails again and again.
 *
 * @throws {ApplicationFailure} of type `BadInput`
 */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  requireDecoded('the input', input, 'BadInput');
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  throw ApplicationFailure.nonRetryable(
    z.prettifyError(parsed.error),
    'BadInput' satisfies FailureType,
  );
}
