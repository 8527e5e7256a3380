import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Namespace of the data stream that a run writes to. */
export const NAMESPACE = defineSearchAttributeKey('TcsyncNamespace', SearchAttributeType.KEYWORD);

export const FEED = defineSearchAttributeKey('TcsyncFeed', SearchAttributeType.KEYWORD);

/** `running`, `paused` or `attention`. */
export const STATE = defineSearchAttributeKey('TcsyncState', SearchAttributeType.KEYWORD);
