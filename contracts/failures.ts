/**
 * Every reason for which an attempt or a run fails, as Temporal shows it (`ApplicationFailure.type`).
 * `docs/operations.md` says for each what it means, what happens by itself and what a person does.
 */
export const FAILURE_TYPES = [
  'SourceUnauthorized',
  'SourceForbidden',
  'SourceBadRequest',
  'SourceProxyRefused',
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
  'BackfillIncomplete',
  'LatestDiffers',
  'BadInput',
  'RunUnderWay',
  'Unexpected',
] as const;

export type FailureType = (typeof FAILURE_TYPES)[number];
