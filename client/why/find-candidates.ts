import type { Client } from '@elastic/elasticsearch';
import { RejectStore } from '../../activities/elasticsearch/reject-store.ts';
import {
  STORED_KEYS,
  storedVersions,
  type IndicatorVersion,
} from '../../activities/elasticsearch/stored-indicators.ts';
import {
  findIndicators,
  type SourceIndicator,
} from '../../activities/threatconnect/find-indicators.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import { EVERYTHING } from '../../activities/threatconnect/tql.ts';
import type { Config } from '../../config/config.ts';
import type { Reject } from '../../contracts/reject.ts';
import { tried, valueOf, type Tried } from '../../watch/tried.ts';
import { valueForms } from './value-forms.ts';

export type WhyDeps = { config: Config; source: ThreatConnect; sink: Client };

/** The indicators that an argument may mean, from all places that answer. */
export type Candidates = {
  /** The texts or the id that were searched. */
  searched: readonly string[];
  /** Exact digits. */
  ids: string[];
  shown: Tried<readonly SourceIndicator[]>;
  stored: Tried<readonly IndicatorVersion[]>;
  rejects: Tried<readonly Reject[]>;
};

const ID = /^(0|[1-9]\d*)$/;

/** Largest number of results of each search. */
const FOUND_MAX = 500;

/** Searches ThreatConnect, the data stream, the latest index and the rejects at the same time. */
export async function findCandidates(
  { config, source, sink }: WhyDeps,
  argument: string,
  signal: AbortSignal,
): Promise<Candidates> {
  const { namespace } = config.program;
  const isId = ID.test(argument);
  const searched = isId ? [argument] : valueForms(argument);
  const selection = isId
    ? { ...EVERYTHING, ids: searched }
    : { ...EVERYTHING, summaries: searched };
  const keys = isId ? [STORED_KEYS.id] : [STORED_KEYS.value, STORED_KEYS.summary, STORED_KEYS.hash];
  const any = keys.map((field) => ({ field, values: searched }));
  const inPlace = async (place: 'stream' | 'latest') =>
    (await storedVersions(sink, { namespace, place, any, size: FOUND_MAX }, signal)).versions;
  const asked = isId
    ? { indicatorIds: searched, summaries: [] }
    : { indicatorIds: [], summaries: searched };
  const [shown, stored, rejects] = await Promise.all([
    tried(findIndicators(source, selection, FOUND_MAX, signal)),
    tried(Promise.all([inPlace('latest'), inPlace('stream')]).then((found) => found.flat())),
    tried(new RejectStore(sink, namespace).about(asked, FOUND_MAX, signal)),
  ]);
  const ids = new Set([
    ...(isId ? searched : []),
    ...(valueOf(shown) ?? []).map(({ id }) => id),
    ...(valueOf(stored) ?? []).flatMap(({ indicatorId }) => indicatorId ?? []),
    ...(valueOf(rejects) ?? []).flatMap(({ indicatorId }) => indicatorId ?? []),
  ]);
  return { searched, ids: [...ids], shown, stored, rejects };
}
