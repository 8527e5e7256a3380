import { latestStanding } from '../../activities/elasticsearch/latest-standing.ts';
import { leftOutDocuments } from '../../activities/elasticsearch/left-out-documents.ts';
import { RejectStore } from '../../activities/elasticsearch/reject-store.ts';
import { StateStore } from '../../activities/elasticsearch/state-store.ts';
import { STORED_KEYS, storedVersions } from '../../activities/elasticsearch/stored-indicators.ts';
import {
  findIndicators,
  type SourceIndicator,
} from '../../activities/threatconnect/find-indicators.ts';
import { isOfNobody, toSelection } from '../../activities/threatconnect/selection.ts';
import { EVERYTHING } from '../../activities/threatconnect/tql.ts';
import type { Feed } from '../../config/config.ts';
import type { Owner } from '../../contracts/feed.ts';
import { stateIndex } from '../../contracts/names.ts';
import { tried, valueOf, type Tried } from '../../watch/tried.ts';
import type { Facts, FeedFacts, FeedMarks, RejectFacts, StoredFacts } from './facts.ts';
import type { WhyDeps } from './find-candidates.ts';

/** Largest number of versions that are shown of an indicator. */
export const VERSIONS_MAX = 20;

const REJECTS_MAX = 100;

/** Looks up everything that decides why these indicators are in Elasticsearch, or are not. Changes nothing. */
export async function lookUp(
  deps: WhyDeps,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Facts[]> {
  const { config, source, sink } = deps;
  const { namespace, assets, expiry } = config.program;
  const [shown, owners, transform, rejects, states] = await Promise.all([
    tried(findIndicators(source, { ...EVERYTHING, ids }, ids.length, signal)),
    tried(source.owners(signal)),
    tried(latestStanding(sink, { namespace, assets }, signal)),
    tried(rejectsOf(deps, ids, signal)),
    Promise.all(config.feeds.map(({ name }) => tried(marksOf(deps, name, signal)))),
  ]);
  const selected = await Promise.all(
    config.feeds.map((feed) => tried(selectedBy(deps, feed, { owners, ids }, signal))),
  );
  const leftOut =
    'trouble' in transform
      ? transform
      : await tried(leftOutDocuments(sink, transform.value.transform, signal));
  return Promise.all(
    ids.map(async (id): Promise<Facts> => {
      const found = mapped(shown, (all) => all.find((each) => each.id === id) ?? null);
      const stored = await tried(storedOf(deps, id, valueOf(found)?.summary ?? null, signal));
      const newest = valueOf(stored)?.versions[0];
      return {
        id,
        nowMs: Date.now(),
        source: found,
        owners: mapped(owners, (all) => all.map(({ name }) => name)),
        feeds: config.feeds.map((feed, place): FeedFacts => {
          const chosen: Tried<ReadonlySet<string>> = selected[place] ?? { trouble: 'not asked' };
          const state: Tried<FeedMarks | null> = states[place] ?? { trouble: 'not asked' };
          const selects = mapped(chosen, (all) => {
            const isSelected = all.has(id);
            const because = isSelected ? null : becauseOf(feed, valueOf(found));
            return { selected: isSelected, because };
          });
          return { name: feed.name, selects, state };
        }),
        stored,
        leftOut: mapped(leftOut, (all) =>
          newest === undefined ? null : (all[newest.documentId] ?? null),
        ),
        transform,
        rejects: mapped(rejects, (all) => all.filter(({ indicatorId }) => indicatorId === id)),
        expiry,
      };
    }),
  );
}

function mapped<T, U>(look: Tried<T>, change: (value: T) => U): Tried<U> {
  return 'value' in look ? { value: change(look.value) } : look;
}

/** The part of a feed's selection that leaves an indicator out, as far as it can be told without a request. */
function becauseOf(
  { owners, types }: Feed,
  shown: SourceIndicator | null,
): 'owners' | 'types' | 'filter' | null {
  if (shown === null) return null;
  if (owners.length > 0 && shown.owner !== null && !owners.includes(shown.owner)) return 'owners';
  if (types.length > 0 && shown.type !== null && !types.includes(shown.type)) return 'types';
  return 'filter';
}

/** Those of the ids that the feed selects, active or inactive. */
async function selectedBy(
  { source }: WhyDeps,
  feed: Feed,
  { owners, ids }: { owners: Tried<readonly Owner[]>; ids: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  if ('trouble' in owners) throw new Error(owners.trouble);
  // ThreatConnect refuses a request that names an owner that the account cannot see
  const visible = owners.value.filter(
    ({ name }) => feed.owners.length === 0 || feed.owners.includes(name),
  );
  const whole = { from: null, to: null, ownerIds: null };
  const selection = toSelection(feed, whole, { ids: visible.map(({ id }) => id), all: true });
  if (isOfNobody(selection)) return new Set();
  const found = await findIndicators(source, { ...selection, ids }, ids.length, signal);
  return new Set(found.map(({ id }) => id));
}

/** `null`: nothing is applied, or no run has saved anything. */
async function marksOf(
  { config, sink }: WhyDeps,
  feed: string,
  signal: AbortSignal,
): Promise<FeedMarks | null> {
  const store = new StateStore(sink, stateIndex(config.program.namespace));
  const { state } = await store.readFeed(feed, signal);
  return state === null ? null : { startsAt: state.starts_at, watermark: state.watermark };
}

async function rejectsOf(
  { config, sink }: WhyDeps,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<RejectFacts[]> {
  const store = new RejectStore(sink, config.program.namespace);
  const asked = { indicatorIds: ids, summaries: [] };
  return (await store.about(asked, REJECTS_MAX, signal)).map(toRejectFacts);
}

export function toRejectFacts({
  id,
  state,
  feed,
  runId,
  readAt,
  indicatorId,
  owner,
  type,
  summary,
}: RejectFacts): RejectFacts {
  return { id, state, feed, runId, readAt, indicatorId, owner, type, summary };
}

async function storedOf(
  { config, sink }: WhyDeps,
  id: string,
  shownSummary: string | null,
  signal: AbortSignal,
): Promise<StoredFacts> {
  const { namespace, profile, assets } = config.program;
  const own = { field: STORED_KEYS.id, values: [id] };
  const { versions, total } = await storedVersions(
    sink,
    { namespace, place: 'stream', any: [own], size: VERSIONS_MAX },
    signal,
  );
  // there the latest index has one document for all indicators of a value
  const isByValue = profile === 'compatible' || assets === 'feed-only';
  const summary = shownSummary ?? versions[0]?.summary ?? null;
  const copies =
    isByValue && summary !== null ? [{ field: STORED_KEYS.value, values: [summary] }] : [];
  const latest = await storedVersions(
    sink,
    { namespace, place: 'latest', any: [own, ...copies], size: VERSIONS_MAX },
    signal,
  );
  const isOwn = ({ indicatorId }: { indicatorId: string | null }) => indicatorId === id;
  return {
    versions,
    total,
    latest: latest.versions.find(isOwn) ?? null,
    otherCopy: latest.versions.find((each) => !isOwn(each)) ?? null,
  };
}
