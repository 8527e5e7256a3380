import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Namespace of the data stream that a run writes to. */
export const NAMESPACE = defineSearchAttributeKey('TcsyncNamespace', SearchAttributeType.KEYWORD);

export const FEED = defineSearchAttributeKey('TcsyncFeed', SearchAttributeType.KEYWORD);

/** Time of the Schedule's slot that started a run, whole seconds; set by the server. */
export const SCHEDULED_AT = defineSearchAttributeKey(
  'TemporalScheduledStartTime',
  SearchAttributeType.DATETIME,
);

/** Id of that Schedule, set by the server. */
export const SCHEDULED_BY = defineSearchAttributeKey(
  'TemporalScheduledById',
  SearchAttributeType.KEYWORD,
);

/** `running`, `paused` or `attention`. */
export const STATE = defineSearchAttributeKey('TcsyncState', SearchAttributeType.KEYWORD);
