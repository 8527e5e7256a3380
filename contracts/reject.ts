import type { Instant } from './instant.ts';

/** A record that could not become a document, as it is kept in `logs-tcsync.reject-<namespace>`. */
export type Reject = {
  /** `_id`: the same record, rejected again for whatever reason, is the same reject. */
  id: string;
  feed: string;
  runId: string;
  /** When the source gave it, ISO 8601. */
  readAt: string;
  reason: string;
  /** ThreatConnect's id, exact digits; `null` where the record has none. */
  indicatorId: string | null;
  /** Place on its page, from 1; `null` where Elasticsearch refused the document. */
  position: number | null;
  owner: string | null;
  type: string | null;
  summary: string | null;
  /** As the source sent it. */
  lastModified: string | null;
  /** Where it stands, if its id is not known; `null`: it is. */
  range: RejectRange | null;
  /** The record's own text, at most {@link REJECT_TEXT_CHARACTERS} of it. */
  text: string;
  /** Size of the whole text. */
  textBytes: number;
  state: RejectState;
};

/**
 * `open`: nothing has come of it yet · `written`: read again and written · `gone`: read again, and the source
 * no longer shows it to the feed.
 */
export type RejectState = 'open' | 'written' | 'gone';

/** The part of a slice in which a record stands; both ids are exclusive, `null`: no bound. */
export type RejectRange = {
  from: Instant | null;
  to: Instant;
  ownerIds: string[] | null;
  afterId: string | null;
  beforeId: string | null;
};

/** 32 KiB where the text is ASCII. */
export const REJECT_TEXT_CHARACTERS = 32_768;

/** Place in the list of rejects. */
export type Position = (string | number)[];
