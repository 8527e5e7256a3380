import type { Client as Temporal } from '@temporalio/client';
import type { IndicatorVersion } from '../../activities/elasticsearch/stored-indicators.ts';
import type { SourceIndicator } from '../../activities/threatconnect/find-indicators.ts';
import { tried, valueOf, type Tried } from '../../watch/tried.ts';
import { isSameVersion, type Facts, type FeedFacts, type RejectFacts } from './facts.ts';
import { findCandidates, type Candidates, type WhyDeps } from './find-candidates.ts';
import { lookUp, toRejectFacts } from './look-up.ts';
import { judgeIndicator, type Verdict } from './verdict.ts';
import { writingRuns } from './writing-runs.ts';

/** What `tcsync why --json` prints. */
export type Why = {
  argument: string;
  /** No person needs to look. */
  well: boolean;
  /** The id, or the forms of the value that were searched. */
  searched: readonly string[];
  /** Number of indicators that were found; `lives` may have fewer. */
  found: number;
  /** Indicators that are explained. */
  lives: Life[];
  /** Ids of indicators that are not explained, because there are too many. */
  others: string[];
  /** What could not be asked, a sentence each. */
  troubles: string[];
};

/** One indicator. */
export type Life = {
  id: string | null;
  owner: string | null;
  type: string | null;
  summary: string | null;
  verdict: Verdict;
  /** `null`: ThreatConnect does not show it, or gives no answer. */
  source: SourceIndicator | null;
  feeds: readonly FeedFacts[];
  latest: IndicatorVersion | null;
  /** Newest first. */
  versions: LifeVersion[];
  /** Number of versions in the data stream; `versions` may have fewer. */
  versionsStored: number | null;
  rejects: readonly RejectFacts[];
};

export type LifeVersion = IndicatorVersion & {
  /** `null`: Temporal no longer has the run, or gives no answer. */
  workflowId: string | null;
  /** The latest index holds this version. */
  inLatest: boolean;
};

/** Largest number of indicators that are explained at once. */
const LIVES_MAX = 10;
/** Longest wait for Temporal, which only gives the names of the runs. */
const TEMPORAL_MS = 5_000;

/** Explains every indicator that an id or a value means; changes nothing. */
export async function makeWhy(
  deps: WhyDeps,
  temporal: Promise<Temporal>,
  argument: string,
  waitMs: number,
): Promise<Why> {
  const candidates = await findCandidates(deps, argument, AbortSignal.timeout(waitMs));
  const ids = candidates.ids.slice(0, LIVES_MAX);
  const known = ids.length === 0 ? [] : await lookUp(deps, ids, AbortSignal.timeout(waitMs));
  const facts = [...known, ...withoutId(candidates, deps.config.program.expiry)];
  const runIds = facts.flatMap(({ stored }) =>
    (valueOf(stored)?.versions ?? []).flatMap(({ runId }) => runId ?? []),
  );
  const runs = await tried(
    temporal.then((client) =>
      client.withAbortSignal(AbortSignal.timeout(TEMPORAL_MS), () => writingRuns(client, runIds)),
    ),
  );
  const lives = facts.map((each) => toLife(each, valueOf(runs) ?? new Map()));
  const troubles = troublesOf(candidates, facts, runs);
  const isAnswered = 'value' in candidates.shown && 'value' in candidates.stored;
  return {
    argument,
    well: lives.length === 0 ? isAnswered : lives.every(({ verdict }) => verdict.well),
    searched: candidates.searched,
    found: candidates.ids.length + facts.length - known.length,
    lives,
    others: candidates.ids.slice(LIVES_MAX),
    troubles,
  };
}

/** Rejects of records whose id could not be read. */
function withoutId({ rejects }: Candidates, expiry: Facts['expiry']): Facts[] {
  const nothing = { versions: [], total: 0, latest: null, otherCopy: null };
  return (valueOf(rejects) ?? [])
    .filter(({ indicatorId }) => indicatorId === null)
    .slice(0, LIVES_MAX)
    .map((reject) => ({
      id: null,
      nowMs: Date.now(),
      source: { value: null },
      owners: { value: [] },
      feeds: [],
      stored: { value: nothing },
      leftOut: { value: null },
      transform: { trouble: 'not asked' },
      rejects: { value: [toRejectFacts(reject)] },
      expiry,
    }));
}

function toLife(facts: Facts, runs: ReadonlyMap<string, string>): Life {
  const stored = valueOf(facts.stored);
  const latest = stored?.latest ?? null;
  const source = valueOf(facts.source);
  const rejects = valueOf(facts.rejects) ?? [];
  const known = source ?? latest ?? stored?.versions[0] ?? rejects[0] ?? null;
  return {
    id: facts.id,
    owner: known?.owner ?? null,
    type: known?.type ?? null,
    summary: known?.summary ?? null,
    verdict: judgeIndicator(facts),
    source,
    feeds: facts.feeds,
    latest,
    versions: (stored?.versions ?? []).map((version) =>
      Object.assign({}, version, {
        workflowId: version.runId === null ? null : (runs.get(version.runId) ?? null),
        inLatest: latest !== null && isSameVersion(latest, version),
      }),
    ),
    versionsStored: stored?.total ?? null,
    rejects,
  };
}

function troublesOf(
  { shown, stored, rejects }: Candidates,
  facts: readonly Facts[],
  runs: Tried<unknown>,
): string[] {
  const [first] = facts;
  const looks: [string, Tried<unknown> | undefined][] = [
    ['ThreatConnect', 'trouble' in shown ? shown : first?.source],
    ['Elasticsearch', 'trouble' in stored ? stored : first?.stored],
    ['the rejects', rejects],
    ['the owners', first?.owners],
    ['the transform', first?.id === null ? undefined : first?.transform],
    ['Temporal, which has the names of the runs', runs],
    ...(first?.feeds ?? []).flatMap(({ name, selects, state }): [string, Tried<unknown>][] => [
      [`the selection of feed ${name}`, selects],
      [`the state of feed ${name}`, state],
    ]),
  ];
  return looks.flatMap(([what, look]) =>
    look !== undefined && 'trouble' in look ? [`${what}: ${look.trouble}`] : [],
  );
}
