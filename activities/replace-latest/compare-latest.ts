import type { Client } from '@elastic/elasticsearch';
import { isDeepStrictEqual } from 'node:util';
import { LatestDiffersError } from '../../contracts/errors.ts';
import type {
  CompareLatestInput,
  LatestComparison,
  Replacement,
} from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import type { Deps } from '../attempt/deps.ts';
import { readTransform, standingOf } from '../elasticsearch/assets/latest/build-transform.ts';
import { SOURCE_STREAMS } from '../elasticsearch/assets/transform/latest-transform.ts';
import {
  compareKeys,
  refresh,
  walkLatest,
  type LatestEntry,
  type LatestOrder,
} from '../elasticsearch/latest-walk.ts';
import { atSink } from '../elasticsearch/sink-error.ts';

/** Number of differences that are looked up at once. */
const BATCH = 1_000;
/** From this number of lasting differences on, the rest is not looked at. */
const WRONG_MAX = 1_000;
/** Pairs of owner and type that a failure names. */
const GROUPS_SHOWN = 5;

/**
 * Compares the old latest index, which no longer changes, with the new one: each indicator of the old one must be in the
 * new one, in a version that is not older, and the other way round. What has changed since the old transform was
 * stopped is left out, as is what has ended.
 *
 * @returns `null` if they have different keys, and cannot be compared
 * @throws {LatestDiffersError} that counts the differences by owner and type
 */
export function compareLatest(
  { installer: sink }: Deps,
  { replacement: { from, to }, readToMs }: CompareLatestInput,
): Promise<LatestComparison | null> {
  return attempt(async (signal) => {
    const order = await orderOf(sink, to, signal);
    const before = await orderOf(sink, from, signal);
    if (order === null || (before !== null && !isDeepStrictEqual(order, before))) return null;
    await refresh(sink, [from.index, to.index], signal);
    const counts = { equal: 0, changed: 0 };
    const groups = new Set<string>();
    const wrong: Difference[] = [];
    const batch: Difference[] = [];
    const settle = async () => {
      const lasting = await lastingOf(sink, { from, to }, order, { batch, readToMs }, signal);
      counts.changed += batch.length - lasting.length;
      wrong.push(...lasting);
      batch.length = 0;
    };
    for await (const { kind, entry } of walkBoth(sink, { from, to }, order, signal)) {
      groups.add(JSON.stringify([entry.owner, entry.type]));
      if (kind === 'equal') counts.equal += 1;
      else batch.push({ kind, entry });
      if (batch.length === BATCH) await settle();
      if (wrong.length >= WRONG_MAX) break;
    }
    await settle();
    if (wrong.length > 0) throw new LatestDiffersError(toSentence(wrong, { from, to }));
    return { ...counts, groups: groups.size };
  });
}

/** The order of a transform; `null` if there is none. */
async function orderOf(
  sink: Client,
  build: Replacement['to'],
  signal: AbortSignal,
): Promise<LatestOrder | null> {
  const { latest } = (await readTransform(sink, build, signal)) ?? {};
  return latest === undefined ? null : { key: latest.unique_key, sort: latest.sort };
}

type Difference = { kind: 'missing' | 'older' | 'surplus'; entry: LatestEntry };

type Pair = Pick<Replacement, 'from' | 'to'>;

type Seen = { kind: Difference['kind'] | 'equal'; entry: LatestEntry };

/** Goes through both indices at the same time, in the order of the keys. */
async function* walkBoth(
  sink: Client,
  { from, to }: Pair,
  order: LatestOrder,
  signal: AbortSignal,
): AsyncGenerator<Seen> {
  const olds = walkLatest(sink, from.index, order, signal);
  const news = walkLatest(sink, to.index, order, signal);
  let [old, now] = [await next(olds), await next(news)];
  for (;;) {
    if (old !== null && now !== null && compareKeys(old, now) === 0) {
      const isOlder = (now.version ?? 0) < (old.version ?? 0);
      yield { kind: isOlder ? 'older' : 'equal', entry: old };
      [old, now] = [await next(olds), await next(news)];
    } else if (old !== null && (now === null || compareKeys(old, now) < 0)) {
      yield { kind: 'missing', entry: old };
      old = await next(olds);
    } else if (now !== null) {
      yield { kind: 'surplus', entry: now };
      now = await next(news);
    } else return;
  }
}

async function next(entries: AsyncGenerator<LatestEntry>): Promise<LatestEntry | null> {
  const { value, done } = await entries.next();
  return done === true ? null : value;
}

/** Those that neither have ended nor have changed since the old transform was stopped. */
async function lastingOf(
  sink: Client,
  pair: Pair,
  order: LatestOrder,
  { batch, readToMs }: { batch: readonly Difference[]; readToMs: number | null },
  signal: AbortSignal,
): Promise<Difference[]> {
  if (batch.length === 0) return [];
  const endedMs = await endedBefore(sink, pair, signal);
  const live = batch.filter(({ entry }) => (entry.deletedAtMs ?? Infinity) > endedMs);
  const changed = await changedSince(sink, order, readToMs, live, signal);
  return live.filter(({ entry }) => !changed.has(textOf(entry.key)));
}

/** What ended before this time may be removed from one index and not from the other yet. */
async function endedBefore(sink: Client, { from, to }: Pair, signal: AbortSignal): Promise<number> {
  const checkpoints = [await standingOf(sink, from, signal), await standingOf(sink, to, signal)];
  return Math.max(...checkpoints.map(({ checkpointMs }) => checkpointMs ?? 0));
}

/** The keys of those that the data streams have a newer document of than the old transform has read. */
async function changedSince(
  sink: Client,
  { key }: LatestOrder,
  readToMs: number | null,
  differences: readonly Difference[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const fields = key.toReversed();
  const [id] = fields;
  const ids = [...new Set(differences.flatMap(({ entry }) => entry.key[0] ?? []))];
  if (ids.length === 0 || id === undefined) return new Set();
  const { hits } = await atSink(`POST ${SOURCE_STREAMS}/_search`, signal, () =>
    sink.search(
      {
        index: SOURCE_STREAMS,
        size: 10_000,
        query: {
          bool: {
            filter: [
              { terms: { [id]: ids } },
              { range: { 'event.ingested': { gte: readToMs ?? 0, format: 'epoch_millis' } } },
            ],
          },
        },
        _source: false,
        docvalue_fields: fields.map((field) => ({ field })),
        track_total_hits: false,
      },
      { signal },
    ),
  );
  return new Set(
    hits.hits.map(({ fields: found = {} }) =>
      textOf(fields.map((field) => (found[field] as string[] | undefined)?.[0] ?? null)),
    ),
  );
}

function textOf(key: readonly (string | null)[]): string {
  return JSON.stringify(key);
}

const WORDS: Readonly<Record<Difference['kind'], string>> = {
  missing: 'missing in the new one',
  older: 'older in the new one',
  surplus: 'only in the new one',
};

function toSentence(wrong: readonly Difference[], { from, to }: Pair): string {
  const counts = new Map<string, number>();
  for (const { kind, entry } of wrong) {
    const what = `of ${entry.owner || '(no owner)'} and type ${entry.type || '(none)'} ${WORDS[kind]}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const shown = [...counts].slice(0, GROUPS_SHOWN).map(([what, count]) => `${count} ${what}`);
  const more = counts.size > GROUPS_SHOWN ? ' and others' : '';
  return (
    `${to.index} does not have what ${from.index} has: ${shown.join('; ')}${more}; ` +
    'readers stay with the old one, and the new one is deleted'
  );
}
