import { ApiError } from '../errors.ts';
import { type Query } from '../search/query-tree.ts';
import { positionsOf } from '../search/execute.ts';
import { type Cluster } from '../state/cluster.ts';
import { asItIs } from '../state/target.ts';
import { resolveNames } from '../state/names.ts';
import { parseTimeMs } from '../text/time.ts';
import { type Operation, PLAIN } from '../write/operation.ts';
import { Writer } from '../write/writer.ts';
import { sourceQuery, type TransformConfig } from './config.ts';
import { destinationIndices, documentId, documentSource, setUpDestination } from './destination.ts';
import { BulkFailure } from './irrecoverable.ts';
import { type Newest, newestOfHistory, newestOfWindow, type Window } from './newest.ts';
import { MovedError, readAhead, SourceView } from './source-view.ts';
import { type Stats } from './stats.ts';
import { Turns } from './turns.ts';

/** A state of the source that is in the destination. */
export interface Checkpoint {
  readonly number: number;
  readonly timestampMs: number;
  /** The destination has all documents before it; `null` for a transform without sync. */
  readonly upperBoundMs: number | null;
  /** Operations of each index of the source, by its UUID. */
  readonly operations: ReadonlyMap<string, number>;
}

/** The input of one run, which records its work in `stats` and `seen`. */
export interface Run {
  readonly cluster: Cluster;
  readonly config: TransformConfig;
  readonly last: Checkpoint | null;
  /** Where the first checkpoint begins; `null`: at the beginning. */
  readonly fromMs: number | null;
  readonly stats: Stats;
  readonly seen: { lastSearchMs: number | null; changesMs: number | null };
  readonly signal: AbortSignal;
  /** Called before the work of a checkpoint begins. */
  readonly begin: (next: Checkpoint) => void;
}

const DEFAULT_PAGE_SIZE = 5_000;

/**
 * One run over the source:
 *
 *     window [last upper bound, now - delay) → keys in it → newest document of each → destination → retention
 *
 * @returns the new checkpoint, or `null` if there is nothing new; the first one is always reached
 * @throws {ApiError | BulkFailure | Interrupted}
 */
export async function runCheckpoint(run: Run): Promise<Checkpoint | null> {
  const { config, stats, last } = run;
  const next = nextCheckpoint(run);
  const window = windowOf(run, next);
  const startedMs = performance.now();
  const gathered = await gatherAgain(run, window);
  stats.searches += 1;
  stats.searchMs += performance.now() - startedMs;
  if (gathered === null) return null;
  run.begin(next);
  const { newest, documents } = gathered;
  stats.documentsProcessed += documents;
  await write(run, newest);
  for (const index of destinationIndices(run.cluster, config)) index.refresh();
  await retain(run, next);
  if (last !== null) stats.noteCheckpoint(performance.now() - startedMs, newest.length, documents);
  return next;
}

function nextCheckpoint({ cluster, config, last }: Run): Checkpoint {
  const timestampMs = cluster.clock.nowMs();
  const delayMs = config.sync === null ? 0 : parseTimeMs('delay', config.sync.delay);
  return {
    number: (last?.number ?? 0) + 1,
    timestampMs,
    upperBoundMs: config.sync === null ? null : timestampMs - delayMs,
    operations: operationsOf(cluster, config),
  };
}

function windowOf({ last, fromMs }: Run, { upperBoundMs }: Checkpoint): Window {
  return { fromMs: last === null ? fromMs : last.upperBoundMs, toMs: upperBoundMs };
}

function sourceIndices(cluster: Cluster, { source }: TransformConfig): SourceIndices {
  const options = { ignoreUnavailable: true, allowNoIndices: true, hidden: false, streams: true };
  return resolveNames(cluster, source.index, options);
}

type SourceIndices = ReturnType<typeof destinationIndices>;

export function operationsOf(
  cluster: Cluster,
  config: TransformConfig,
): ReadonlyMap<string, number> {
  return new Map(
    sourceIndices(cluster, config).map(({ uuid, documents }) => [uuid, documents.nextSeqNo]),
  );
}

/** Begins again if the documents were moved meanwhile. */
async function gatherAgain(run: Run, window: Window): ReturnType<typeof gather> {
  for (;;) {
    try {
      return await gather(run, window);
    } catch (error) {
      if (!(error instanceof MovedError)) throw error;
    }
  }
}

/** `null` if nothing is new. */
async function gather(
  run: Run,
  window: Window,
): Promise<{ newest: readonly Newest[]; documents: number } | null> {
  const { cluster, config, last, seen } = run;
  const turns = new Turns(run.signal);
  const nowMs = cluster.clock.nowMs();
  const query = sourceQuery(config);
  seen.lastSearchMs = nowMs;
  const views: SourceView[] = [];
  for (const index of sourceIndices(cluster, config)) {
    views.push(await SourceView.open(index, config, query, nowMs, turns));
  }
  const { sort } = config.latest;
  const ofWindow = await newestOfWindow(views, sort, window, turns);
  // the first checkpoint does not need any documents
  if (last === null) return ofWindow;
  if (ofWindow.documents === 0) return null;
  seen.changesMs = nowMs;
  if (cluster.transformMode === 'window') return ofWindow;
  const keys = ofWindow.newest.map(({ key }) => key);
  return newestOfHistory(views, sort, window, turns, keys);
}

async function write(run: Run, newest: readonly Newest[]): Promise<void> {
  const { cluster, config, stats } = run;
  const size = config.settings['max_page_search_size'];
  const pageSize = typeof size === 'number' ? size : DEFAULT_PAGE_SIZE;
  const turns = new Turns(run.signal);
  stats.pages += 1;
  for (let start = 0; start < newest.length; start += pageSize) {
    const page = newest.slice(start, start + pageSize);
    const startedMs = performance.now();
    if (destinationIndices(cluster, config).length === 0) setUpDestination(cluster, config);
    const refused: ApiError[] = [];
    const writer = new Writer(cluster, { pipeline: config.dest.pipeline });
    for (const one of page) {
      if (turns.isOver) await turns.next();
      const { error } = writer.write(toOperation(config, one));
      if (error === null) stats.documentsIndexed += 1;
      else refused.push(error);
    }
    stats.indexMs += performance.now() - startedMs;
    stats.bulks += 1;
    stats.pages += 1;
    if (refused.length > 0) {
      stats.indexFailures += 1;
      throw new BulkFailure(refused);
    }
  }
}

function toOperation(config: TransformConfig, { key, document }: Newest): Operation {
  return {
    ...PLAIN,
    action: 'index',
    target: config.dest.index,
    id: documentId(config, key),
    source: documentSource(document),
  };
}

/** Deletes documents of the destination whose time has passed. */
async function retain(run: Run, { timestampMs }: Checkpoint): Promise<void> {
  const { cluster, config, stats } = run;
  if (config.retention === null) return;
  const startedMs = performance.now();
  const { field, maxAge } = config.retention;
  const limitMs = timestampMs - parseTimeMs('max_age', maxAge);
  const query: Query = {
    kind: 'range',
    field,
    bounds: { lt: String(limitMs), format: 'epoch_millis' },
  };
  const turns = new Turns(run.signal);
  for (const index of destinationIndices(cluster, config)) {
    await readAhead(index, [field], turns);
    const expired = [...positionsOf(asItIs(index), query, timestampMs)].flatMap(
      (position) => index.documents.log[position] ?? [],
    );
    for (const { id } of expired) {
      index.documents.remove(id);
      if (turns.isOver) await turns.next();
    }
    stats.documentsDeleted += expired.length;
    index.refresh();
  }
  stats.deleteMs += performance.now() - startedMs;
}
