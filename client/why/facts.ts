import type { LatestStanding } from '../../activities/elasticsearch/latest-standing.ts';
import type { IndicatorVersion } from '../../activities/elasticsearch/stored-indicators.ts';
import type { SourceIndicator } from '../../activities/threatconnect/find-indicators.ts';
import type { Reject } from '../../contracts/reject.ts';
import type { Tried } from '../../watch/tried.ts';

/** What both systems say about one indicator. Each part may have given no answer. */
export type Facts = {
  /** Exact digits; `null`: a reject that has no id. */
  id: string | null;
  nowMs: number;
  /** `null`: ThreatConnect does not show it, neither as active nor as inactive. */
  source: Tried<SourceIndicator | null>;
  /** Names of the owners that the API user sees. */
  owners: Tried<readonly string[]>;
  feeds: readonly FeedFacts[];
  stored: Tried<StoredFacts>;
  /** The field for which the latest index refuses the newest version; `null`: it is not left out. */
  leftOut: Tried<string | null>;
  transform: Tried<LatestStanding>;
  /** Newest first. */
  rejects: Tried<readonly RejectFacts[]>;
  /** With `confirmed`, an active indicator should not expire. */
  expiry: 'confirmed' | 'fixed';
};

export type FeedFacts = {
  name: string;
  /** Whether the feed selects it; with `because` if not. */
  selects: Tried<{ selected: boolean; because: 'owners' | 'types' | 'filter' | null }>;
  /** `null`: no run has saved anything yet. */
  state: Tried<FeedMarks | null>;
};

/** ISO 8601. */
export type FeedMarks = { startsAt: string | null; watermark: string };

export type StoredFacts = {
  /** Versions in the data stream, newest first; not more than are shown. */
  versions: readonly IndicatorVersion[];
  /** Number of versions in the data stream. */
  total: number;
  /** The document in the latest index. */
  latest: IndicatorVersion | null;
  /**
   * The latest index has one document for all copies of a value, and it is that of another indicator; `null`: it has
   * none.
   */
  otherCopy: IndicatorVersion | null;
};

export type RejectFacts = Pick<
  Reject,
  'id' | 'state' | 'feed' | 'runId' | 'readAt' | 'indicatorId' | 'owner' | 'type' | 'summary'
>;

/** True if both are the same version; a document has another `_id` in the latest index. */
export function isSameVersion(one: IndicatorVersion, other: IndicatorVersion): boolean {
  return (
    one.indicatorId === other.indicatorId &&
    one.created === other.created &&
    one.timestamp === other.timestamp &&
    one.lastModified === other.lastModified &&
    one.isTombstone === other.isTombstone
  );
}
