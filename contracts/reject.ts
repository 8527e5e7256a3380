import type { Instant } from './instant.ts';

/** A record that could not become a document, as it is kept in `logs-tcsync.reject-<namespace>`. */
export type Reject = {
  /** `_id`: if the same record is rejected again, for whatever reason, it is the same reject. */
  id: string;
  feed: string;
  runId: string;
  /** When the source returned it, ISO 8601. */
  readAt: string;
  reason: string;
  /** ThreatConnect's id, exact digits; `null` if the record has none. */
  indicatorId: string | null;
  /** Place on its page, from 1; `null` if Elasticsearch refused the document. */
  position: number | null;
  owner: string | null;
  type: string | null;
  summary: string | null;
  /** As the source sent it. */
  lastModified: string | null;
  /** The range of ids in which it stands, if its own id is not known; `null` if the id is known. */
  range: RejectRange | null;
  /** The record's own text, cut to {@link REJECT_TEXT_CHARACTERS}. */
  text: string;
  /** Size of the whole text. */
  textBytes: number;
  state: RejectState;
};

/**
 * `open`: the record is not written yet · `written`: it was read again and written · `gone`: it was read again, and
 * the source no longer shows it to the feed · `inactive`: it was read again and is inactive in ThreatConnect; if the
 * indicator was known, it has ended.
 */
export type RejectState = 'open' | 'written' | 'gone' | 'inactive';

/** The part of a slice in which a record stands; both ids are exclusive, `null`: no bound. */
export type RejectRange = {
  from: Instant | null;
  to: Instant;
  ownerIds: string[] | null;
  afterId: string | null;
  beforeId: string | null;
};

/** 32 KiB if the text is ASCII. */
export const REJECT_TEXT_CHARACTERS = 32_768;

/** Sort values of a reject, after which the next page of the list begins. */
export type Position = (string | number)[];
