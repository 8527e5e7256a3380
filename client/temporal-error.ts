import { isGrpcServiceError, ScheduleNotFoundError } from '@temporalio/client';
import { NamespaceNotFoundError, WorkflowNotFoundError } from '@temporalio/common';
import type { TemporalConfig } from '../config/load-temporal.ts';
import { temporalCommand } from '../contracts/temporal-command.ts';
import { CommandError } from './exit-code.ts';

/** gRPC status codes. @see https://grpc.io/docs/guides/status-codes/ */
const CODES = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unavailable: 14,
  unauthenticated: 16,
} as const;

const AWAY: ReadonlySet<number> = new Set([CODES.deadlineExceeded, CODES.unavailable]);
const REFUSED: ReadonlySet<number> = new Set([CODES.permissionDenied, CODES.unauthenticated]);

/** Whether Temporal cannot be reached at the moment. A retry may help. */
export function isAway(error: unknown): boolean {
  const { code } = answerOf(error) ?? {};
  return code !== undefined && AWAY.has(code);
}

/** Words an error of Temporal in one sentence that says what to do; returns any other error as it is. */
export function toTemporalError(error: unknown, temporal: TemporalConfig): unknown {
  const { connectionOptions, namespace } = temporal;
  const { address } = connectionOptions;
  if (error instanceof WorkflowNotFoundError) {
    return new CommandError(`Temporal has no run ${error.workflowId}`);
  }
  if (error instanceof ScheduleNotFoundError) {
    return new CommandError(
      `there is no Schedule ${error.scheduleId}: \`npx tcsync apply\` creates it`,
    );
  }
  const answer = answerOf(error);
  const isUnknown = answer?.code === CODES.notFound && answer.details.startsWith('Namespace ');
  if (error instanceof NamespaceNotFoundError || isUnknown) {
    return new CommandError(
      `Temporal at ${address} has no namespace ${namespace}: correct TEMPORAL_NAMESPACE, or create it with \`${temporalCommand('operator namespace create', { namespace, address })}\``,
    );
  }
  if (answer === null) return error;
  const { code, details } = answer;
  if (AWAY.has(code)) {
    return new CommandError(
      `Temporal at ${address} (TEMPORAL_ADDRESS) does not answer: ${details}; try again when it does`,
    );
  }
  if (REFUSED.has(code)) {
    return new CommandError(
      `Temporal at ${address} does not accept the credentials: ${details}; correct TEMPORAL_API_KEY, or the certificate of TEMPORAL_TLS_CLIENT_CERT_PATH`,
    );
  }
  if (code === CODES.resourceExhausted) {
    return new CommandError(
      `Temporal at ${address} has reached a limit: ${details}; try again later`,
    );
  }
  return new CommandError(`Temporal at ${address} refuses the request: ${details}`);
}

/** Temporal's own answer, which the client wraps in errors with less detail; `null` if there is none. */
function answerOf(error: unknown): { code: number; details: string } | null {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (isGrpcServiceError(one)) return { code: one.code, details: one.details };
  }
  return null;
}
