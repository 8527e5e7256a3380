import type { LatestStanding } from '../../activities/elasticsearch/latest-standing.ts';
import type { IndicatorVersion } from '../../activities/elasticsearch/stored-indicators.ts';
import type { SourceIndicator } from '../../activities/threatconnect/find-indicators.ts';
import { valueOf } from '../../watch/tried.ts';
import { plural } from '../../watch/words.ts';
import { isSameVersion, type Facts, type FeedFacts, type StoredFacts } from './facts.ts';

/** Why an indicator is in Elasticsearch, or is not. */
export type Verdict = {
  kind: VerdictKind;
  /** Nothing is wrong: no person needs to look. */
  well: boolean;
  /** A sentence without a full stop. */
  what: string;
  /** The action to take; `null` if there is none. */
  remedy: string | null;
};

export type VerdictKind =
  | 'current'
  | 'other-copy'
  | 'not-selected'
  | 'not-selected-but-present'
  | 'inactive'
  | 'inactive-but-present'
  | 'gone'
  | 'gone-but-present'
  | 'not-yet'
  | 'never-read'
  | 'outside'
  | 'rejected'
  | 'left-out'
  | 'waiting'
  | 'stalled'
  | 'expired'
  | 'missing'
  | 'unknown';

/** Longest time that a document may take from the data stream into the latest index; three minutes are usual. */
const WAIT_MAX_MS = 30 * 60_000;

const CHECK = 'Run `npx tcsync check`: it names the fault';

/** Judges what was looked up; asks nothing itself. */
export function judgeIndicator(facts: Facts): Verdict {
  const { source, stored } = facts;
  if (!('value' in stored)) return unknown(`Elasticsearch gives no answer: ${stored.trouble}`);
  if (!('value' in source)) {
    const seen = stored.value.latest === null ? 'not in the latest index' : 'in the latest index';
    return unknown(`it is ${seen}, but ThreatConnect gives no answer: ${source.trouble}`);
  }
  const shown = source.value;
  if (shown === null) return judgeGone(facts, stored.value);
  if (!shown.active) {
    return judgeUnwanted(stored.value, facts.nowMs, {
      kind: 'inactive',
      why: 'it is inactive at the source',
    });
  }
  const selecting = facts.feeds.filter(({ selects }) => valueOf(selects)?.selected ?? false);
  if (selecting.length > 0) return judgeWanted(facts, stored.value, shown, selecting);
  const unasked = facts.feeds.flatMap(({ name, selects }) =>
    'trouble' in selects ? [`feed ${name}: ${selects.trouble}`] : [],
  );
  if (unasked.length > 0) {
    return unknown(`it is not known whether a feed selects it: ${unasked.join('; ')}`);
  }
  const why = `no feed selects it: ${facts.feeds.map(becauseOf).join('; ')}`;
  return judgeUnwanted(stored.value, facts.nowMs, { kind: 'not-selected', why });
}

function unknown(what: string): Verdict {
  return { kind: 'unknown', well: false, what, remedy: CHECK };
}

function becauseOf({ name, selects }: FeedFacts): string {
  const because = valueOf(selects)?.because ?? 'filter';
  return `${name} leaves it out by its ${because}`;
}

function judgeGone(facts: Facts, stored: StoredFacts): Verdict {
  const reject = facts.id === null ? valueOf(facts.rejects)?.[0] : undefined;
  if (reject !== undefined) {
    return {
      kind: 'rejected',
      well: reject.state !== 'open',
      what: `rejected: the record has no id that could be read; reject ${reject.id} is ${reject.state}`,
      remedy: `\`npx tcsync rejects show ${reject.id}\` shows the reason`,
    };
  }
  const owner = (stored.latest ?? stored.versions[0])?.owner ?? null;
  const visible = valueOf(facts.owners);
  const why =
    owner === null || visible === null
      ? 'not visible at the source: deleted, or its owner is not visible to the API user'
      : visible.includes(owner)
        ? 'deleted at the source'
        : `not visible at the source: the API user does not see its owner ${owner}`;
  return judgeUnwanted(stored, facts.nowMs, { kind: 'gone', why });
}

/** It should not be in the latest index. */
function judgeUnwanted(
  { versions, latest }: StoredFacts,
  nowMs: number,
  { kind, why }: { kind: 'gone' | 'inactive' | 'not-selected'; why: string },
): Verdict {
  if (latest === null) {
    return { kind, well: true, what: `not in Elasticsearch: ${why}`, remedy: null };
  }
  const ends = latest.deletedAt;
  const isEnding =
    versions[0]?.isTombstone === true || (ends !== null && Date.parse(ends) <= nowMs);
  const until =
    ends === null
      ? 'its document has no end date'
      : isEnding
        ? 'the transform has still to remove it'
        : `it stays in Elasticsearch until ${ends}`;
  return {
    kind: `${kind}-but-present`,
    well: false,
    what: `${why}; ${until}`,
    remedy: isEnding
      ? '`npx tcsync status` says whether the transform works'
      : 'The program does not yet look for such endings: the document stays until its end date',
  };
}

/** It should be in the latest index, in the version that the source shows. */
function judgeWanted(
  facts: Facts,
  stored: StoredFacts,
  shown: SourceIndicator,
  selecting: readonly FeedFacts[],
): Verdict {
  const { latest, otherCopy, versions } = stored;
  const newest = versions[0] ?? latest;
  const isRead = newest !== null && !newest.isTombstone && isVersionOf(newest, shown);
  if (isRead && latest !== null && (versions.length === 0 || isSameVersion(latest, newest))) {
    const what = 'in Elasticsearch in its newest version';
    return { kind: 'current', well: true, what, remedy: null };
  }
  // copies that were modified in the same second may even be one document in the data stream
  if (otherCopy !== null && (isRead || isNotOlder(otherCopy, shown))) {
    const what = `in Elasticsearch through indicator ${otherCopy.indicatorId} of owner ${otherCopy.owner}: the latest index has one document for each value`;
    return { kind: 'other-copy', well: true, what, remedy: null };
  }
  const reject = valueOf(facts.rejects)?.find(({ state }) => state === 'open');
  if (
    reject !== undefined &&
    !(isRead && newest.created !== null && newest.created > reject.readAt)
  ) {
    const since = latest === null ? '' : '; Elasticsearch has an older version';
    return {
      kind: 'rejected',
      well: false,
      what: `rejected: the record that was read at ${reject.readAt} could not be written${since}`,
      remedy: `\`npx tcsync rejects show ${reject.id}\` shows the reason`,
    };
  }
  if (!isRead) return judgeUnread(stored, shown, selecting);
  if (newest.deletedAt !== null && Date.parse(newest.deletedAt) <= facts.nowMs) {
    return {
      kind: 'expired',
      well: facts.expiry === 'fixed',
      what: `expired on ${newest.deletedAt}`,
      remedy:
        facts.expiry === 'fixed'
          ? null
          : 'It is active at the source, but was not read again in time: `npx tcsync backfill` of a range with its lastModified reads it again',
    };
  }
  return judgeTransform(facts, newest);
}

function isVersionOf(version: IndicatorVersion, { lastModified }: SourceIndicator): boolean {
  // the millisecond or the form of the text may differ
  return timeOf(version.lastModified) === timeOf(lastModified);
}

function isNotOlder(version: IndicatorVersion, { lastModified }: SourceIndicator): boolean {
  const [stored, shown] = [timeOf(version.lastModified), timeOf(lastModified)];
  return stored !== null && shown !== null && stored >= shown;
}

function timeOf(text: string | null): number | null {
  const ms = text === null ? Number.NaN : Date.parse(text.trim());
  return Number.isNaN(ms) ? null : ms;
}

/** The version that the source shows is not stored. */
function judgeUnread(
  { versions, latest }: StoredFacts,
  { lastModified }: SourceIndicator,
  selecting: readonly FeedFacts[],
): Verdict {
  const names = selecting.map(({ name }) => name).join(', ');
  const troubles = selecting.flatMap(({ state }) => ('trouble' in state ? [state.trouble] : []));
  const marks = selecting.flatMap(({ state }) => valueOf(state) ?? []);
  const older = versions.length > 0 || latest !== null ? '; an older version is stored' : '';
  const modifiedMs = timeOf(lastModified);
  const has = (test: (mark: { startsAt: string | null; watermark: string }) => boolean) =>
    marks.some(test);
  const isBehind = (mark: { watermark: string }) =>
    modifiedMs !== null && modifiedMs < Date.parse(mark.watermark);
  const isOutside = (mark: { startsAt: string | null }) =>
    modifiedMs !== null && mark.startsAt !== null && modifiedMs < Date.parse(mark.startsAt);
  if (has((mark) => isBehind(mark) && !isOutside(mark))) {
    return {
      kind: 'missing',
      well: false,
      what: `not as it should be: feed ${names} has read the time of its last modification (${lastModified}), but this version is not stored${older}`,
      remedy:
        'Run `npx tcsync backfill` of a range with its lastModified. If its owner became visible a moment ago, the next run reads it',
    };
  }
  if (troubles.length > 0)
    return unknown(`the state of feed ${names} is not known: ${troubles[0]}`);
  if (marks.length === 0) {
    return {
      kind: 'never-read',
      well: false,
      what: `not there yet: feed ${names} has saved no progress${older}`,
      remedy: '`npx tcsync status` says whether a run is under way',
    };
  }
  const waiting = marks.find((mark) => !isBehind(mark));
  if (waiting !== undefined) {
    return {
      kind: 'not-yet',
      well: true,
      what: `not there yet: modified at ${lastModified}, after the watermark ${waiting.watermark} of feed ${names}${older}`,
      remedy: 'The next run reads it; `npx tcsync status` says whether runs keep up',
    };
  }
  const start = marks[0]?.startsAt ?? '';
  return {
    kind: 'outside',
    well: true,
    what: `not in Elasticsearch: modified at ${lastModified}, before ${start}, the start of feed ${names} (TC_INITIAL_INTERVAL)${older}`,
    remedy: '`npx tcsync backfill` reads older indicators',
  };
}

/** The newest version is in the data stream and not in the latest index. */
function judgeTransform({ leftOut, transform, nowMs }: Facts, newest: IndicatorVersion): Verdict {
  const field = valueOf(leftOut);
  if (field !== null) {
    return {
      kind: 'left-out',
      well: false,
      what: `read and written, but left out of the latest index, because its index refuses it: ${field}`,
      remedy: 'docs/operations.md, "What is done about the transform"',
    };
  }
  const written = 'read and written, but not in the latest index';
  if ('trouble' in transform) return unknown(`${written}: the transform: ${transform.trouble}`);
  const standing = transform.value;
  const behind = `${plural(standing.behindDocuments, 'document')} wait`;
  if (isWaiting(standing, newest)) {
    const isLate =
      standing.behindSince !== null && nowMs - Date.parse(standing.behindSince) > WAIT_MAX_MS;
    const isWorking = standing.state === 'started' || standing.state === 'indexing';
    return {
      kind: isWorking && !isLate ? 'waiting' : 'stalled',
      well: isWorking && !isLate,
      what: `read and written, but the transform has not seen it: ${standing.transform} is ${standing.state}, ${behind}`,
      remedy:
        isWorking && !isLate
          ? 'It is there in about three minutes'
          : '`npx tcsync status` says what is wrong with the transform',
    };
  }
  return {
    kind: 'missing',
    well: false,
    what: `${written}, although transform ${standing.transform} has passed it`,
    remedy: '`npx tcsync apply` compares the transform; `--replace-latest` builds the index anew',
  };
}

function isWaiting({ behindSince }: LatestStanding, { ingested }: IndicatorVersion): boolean {
  if (behindSince === null) return false;
  return ingested === null || Date.parse(ingested) >= Date.parse(behindSince);
}
