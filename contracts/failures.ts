/**
 * Every reason for which an attempt or a run fails, as Temporal shows it (`ApplicationFailure.type`).
 * What each one means, what happens by itself and what a person does: `docs/operations.md`.
 */
export const FAILURE_TYPES = [
  'SourceUnauthorized',
  'SourceForbidden',
  'SourceBadRequest',
  'SourceRateLimited',
  'SourceUnavailable',
  'SourceTooSlow',
  'SourceContract',
  'SinkUnauthorized',
  'SinkUnavailable',
  'SinkOverloaded',
  'SinkMisconfigured',
  'StreamReplaced',
  'TooManyRejects',
  'ConfigChanged',
  'BadInput',
  'Unexpected',
] as const;

export type FailureType = (typeof FAILURE_TYPES)[number];
