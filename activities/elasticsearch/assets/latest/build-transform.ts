import type { Client } from '@elastic/elasticsearch';
import type { Build } from '../../../../contracts/replace-latest-input.ts';
import { atSink } from '../../sink-error.ts';
import type { AssetContext } from '../asset-context.ts';
import type { FoundConfig } from '../transform/compare-config.ts';
import type { TransformBody } from '../transform/latest-transform.ts';
import { latestTransform } from '../transform/latest-transform.ts';
import { TransformRequests } from '../transform/requests.ts';

/** The transform of a build as it should be when readers see its index. */
export function transformOf(context: AssetContext, build: Build): TransformBody {
  return latestTransform({ ...context, latest: build, readers: 'own' });
}

/** Where the documents go. Without aliases: a start would set them, and so move readers to this index at once. */
export function withoutAliases({ dest }: TransformBody): { index: string } {
  return { index: dest.index };
}

/** The stored definition; `null` if there is no such transform. */
export async function readTransform(
  sink: Client,
  { transform }: Build,
  signal: AbortSignal,
): Promise<FoundConfig | null> {
  const requests = new TransformRequests(sink, transform, signal);
  return atSink(`GET _transform/${transform}`, signal, () => requests.config());
}

/** What a transform does at the moment. */
export type TransformStanding = {
  /** As Elasticsearch names it: `started`, `indexing`, `stopping`, `stopped`, `failed` …; `missing` if there is none. */
  state: string;
  /** Up to when it has read, epoch milliseconds; `null` if it has read nothing. */
  readToMs: number | null;
  /** When its last checkpoint began; it has removed what had ended a minute before. */
  checkpointMs: number | null;
};

export async function standingOf(
  sink: Client,
  { transform }: Build,
  signal: AbortSignal,
): Promise<TransformStanding> {
  const requests = new TransformRequests(sink, transform, signal);
  const found = await atSink(`GET _transform/${transform}/_stats`, signal, () => requests.stats());
  const last = found?.checkpointing.last;
  return {
    state: found?.state ?? 'missing',
    readToMs: last?.time_upper_bound_millis ?? null,
    checkpointMs: last?.timestamp_millis ?? null,
  };
}

/** @param fromMs where its first checkpoint begins; has no effect on a transform that has a checkpoint */
export async function startTransform(
  sink: Client,
  { transform }: Build,
  fromMs: number | null,
  signal: AbortSignal,
): Promise<void> {
  const requests = new TransformRequests(sink, transform, signal);
  await atSink(`POST _transform/${transform}/_start`, signal, () => requests.start(fromMs));
}

/** Gives a transform another destination, or the same with other aliases. It goes on where it is. */
export async function redirectTransform(
  sink: Client,
  { transform }: Build,
  dest: TransformBody['dest'],
  signal: AbortSignal,
): Promise<void> {
  const requests = new TransformRequests(sink, transform, signal);
  await atSink(`POST _transform/${transform}/_update`, signal, () => requests.redirect(dest));
}
