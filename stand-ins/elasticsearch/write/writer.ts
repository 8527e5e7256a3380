import { ApiError, illegalArgument } from '../errors.ts';
import { runPipelines } from '../ingest/run.ts';
import { type JsonObject, RawJson } from '../json/exact.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Index } from '../state/index.ts';
import { textSetting } from '../state/settings.ts';
import { newId, putDocument, removeDocument, updateDocument, type Written } from './apply.ts';
import { fitDocument } from './fields/fit.ts';
import { type Operation } from './operation.ts';
import { checkTimestamp, parseSource } from './source.ts';
import { resolveTarget } from './target.ts';

export interface WriterOptions {
  /** Of the request; an operation's own comes first. */
  readonly pipeline: string | null;
  readonly listPipelines: boolean;
  readonly forcedRefresh: boolean;
  /** A single write counts no shard where nothing was changed. */
  readonly single: boolean;
  /** Answers of updates carry the document. */
  readonly updatedSource: boolean;
}

/** How one operation ended. `index` and `id` are those that the answer shows. */
export interface Outcome {
  readonly index: string;
  readonly id: string | null;
  readonly status: number;
  readonly body: JsonObject;
  readonly error: ApiError | null;
}

/** Carries out the operations of one request, in their order. */
export class Writer {
  /** Indices that were written to. */
  readonly touched = new Set<Index>();
  /** True where some document went through a pipeline. */
  ingested = false;
  readonly #cluster: Cluster;
  readonly #options: WriterOptions;

  constructor(cluster: Cluster, options: WriterOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  write(operation: Operation): Outcome {
    const shown = { index: operation.target, id: operation.id };
    try {
      return this.#carryOut(operation, shown);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return failure(shown.index, shown.id, error);
    }
  }

  #carryOut(operation: Operation, shown: { index: string; id: string | null }): Outcome {
    if (operation.id === '') throw illegalArgument('if _id is specified it must not be empty');
    this.#noteIngest(operation);
    const index = resolveTarget(this.#cluster, operation);
    if (operation.action === 'delete' || operation.action === 'update') {
      const id = operation.id ?? '';
      shown.index = index.name;
      this.#touch(index);
      const nowMs = this.#cluster.clock.nowMs();
      const change = operation.action === 'delete' ? removeDocument : updateDocument;
      return this.#success(index, change(index, nowMs, operation, id), []);
    }
    const pipelines = this.#pipelinesOf(operation, index);
    return pipelines.length === 0
      ? this.#storeAsSent(operation, index, shown)
      : this.#storeIngested(operation, index, pipelines, shown);
  }

  #storeAsSent(
    operation: Operation,
    index: Index,
    shown: { index: string; id: string | null },
  ): Outcome {
    const id = operation.id ?? newId();
    shown.index = index.name;
    shown.id = id;
    const bytes = operation.source;
    const fields = parseSource(bytes);
    const ignored = fitDocument(index, id, bytes);
    if (index.stream !== null) checkTimestamp(bytes, fields, id, index.mapping);
    return this.#store(operation, index, { id, pieces: [bytes], ignored }, []);
  }

  #storeIngested(
    operation: Operation,
    index: Index,
    pipelines: readonly string[],
    shown: { index: string; id: string | null },
  ): Outcome {
    this.ingested = true;
    shown.id = operation.id ?? 'auto-generated';
    const { source, target } = operation;
    const ingested = runPipelines(this.#cluster, pipelines, source, target, operation.id);
    const moved = ingested.index !== target;
    const finalIndex = moved
      ? resolveTarget(this.#cluster, { ...operation, target: ingested.index })
      : index;
    const id = ingested.id ?? newId();
    shown.index = finalIndex.name;
    shown.id = id;
    const whole = Buffer.concat(ingested.pieces);
    const ignored = fitDocument(finalIndex, id, whole);
    if (finalIndex.stream !== null) {
      checkTimestamp(ingested.bytes, ingested.fields, id, finalIndex.mapping);
    }
    return this.#store(operation, finalIndex, { id, pieces: [whole], ignored }, pipelines);
  }

  #store(
    operation: Operation,
    index: Index,
    document: { id: string; pieces: readonly Uint8Array[]; ignored: readonly string[] },
    pipelines: readonly string[],
  ): Outcome {
    this.#touch(index);
    const nowMs = this.#cluster.clock.nowMs();
    const { id, pieces, ignored } = document;
    const written = putDocument(index, nowMs, operation, id, pieces, ignored);
    return this.#success(index, written, pipelines);
  }

  /** Pipelines are looked up before anything is refused, even what a data stream does not take. */
  #noteIngest(operation: Operation): void {
    if (this.ingested || operation.action !== 'index') return;
    const index = this.#cluster.streams.get(operation.target)?.indices.at(-1);
    this.ingested = index !== undefined && this.#pipelinesOf(operation, index).length > 0;
  }

  #touch(index: Index): void {
    if (this.touched.has(index)) return;
    index.settle();
    this.touched.add(index);
  }

  #success(index: Index, written: Written, pipelines: readonly string[]): Outcome {
    const { id, version, seqNo, result, source } = written;
    const copies = this.#options.single && result === 'noop' ? 0 : 1 + index.replicas;
    const body: JsonObject = {
      _index: index.name,
      _id: id,
      _version: version,
      result,
      ...(this.#options.forcedRefresh && result !== 'noop' ? { forced_refresh: true } : {}),
      _shards: { total: copies, successful: Math.min(1, copies), failed: 0 },
      _seq_no: seqNo,
      _primary_term: 1,
      ...(this.#options.updatedSource && source !== null
        ? { get: { _seq_no: seqNo, _primary_term: 1, found: true, _source: new RawJson(source) } }
        : {}),
      ...(this.#options.listPipelines ? { executed_pipelines: pipelines } : {}),
    };
    return { index: index.name, id, status: statusOf(result), body, error: null };
  }

  /** The request's pipeline, or else the index's default one; then the index's final one. */
  #pipelinesOf(operation: Operation, index: Index): string[] {
    const asked =
      operation.pipeline ??
      this.#options.pipeline ??
      textSetting(index.settings, 'index.default_pipeline');
    const final = textSetting(index.settings, 'index.final_pipeline');
    return [asked, final].flatMap((name) => (name === null || name === '_none' ? [] : [name]));
  }
}

/** An item that was refused, as a bulk answer shows it. */
export function failure(index: string, id: string | null, error: ApiError): Outcome {
  const body = { _index: index, _id: id, status: error.status, error: error.fault };
  return { index, id, status: error.status, body, error };
}

function statusOf(result: Written['result']): number {
  if (result === 'created') return 201;
  return result === 'not_found' ? 404 : 200;
}
