import { SinkMisconfiguredError } from '../../../../contracts/errors.ts';
import { errorType } from '../../sink-error.ts';

/**
 * Accepts that another installer, running at the same time, has created it first.
 * @param answer to a request that was sent with `ignore: [400, 409]` and `meta: true`
 */
export function requireCreated(what: string, answer: { statusCode?: number; body: unknown }): void {
  const { statusCode: status = 0 } = answer;
  if (status < 400) return;
  const type = errorType(answer.body);
  if (type === 'resource_already_exists_exception') return;
  throw new SinkMisconfiguredError(`create ${what}: ${status} ${type}`);
}
