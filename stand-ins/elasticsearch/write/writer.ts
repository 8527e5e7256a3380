import { ApiError, illegalArgument } from '../errors.ts';
import { runPipelines } from '../ingest/run.ts';
import { type JsonObject } from '../json/exact.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Index } from '../state/index.ts';
import { textSetting } from '../state/settings.ts';
import { newId, putDocument, removeDocument, updateDocument, type Written } from './apply.ts';
import { fitDocument } from './fields/fit.ts';
import { type Operation } from './operation.ts';
import { checkTimestamp, parseSource } from './source.ts';
import { resolveTarget } from './target.ts';

export interface WriterOptions {
  /** Of the request. */
  readonly pipeline?: string | null;
  readonly forcedRefresh?: boolean;
  /** Called before a document adds fields to the mapping of its index. */
  readonly onNewFields?: (index: Index) => void;
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
  readonly #cluster: Cluster;
  readonly #options: WriterOptions;

  constructor(cluster: Cluster, options: WriterOptions = {}) {
    this.#cluster = cluster;
    this.#options = options;
  }

  write(operation: Operation): Outcome {
    const shown = { index: operation.target, id: operation.id };
    try {
      return this.#success(...this.#carryOut(operation, shown));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return failure(shown.index, shown.id, error);
    }
  }

  #carryOut(operation: Operation, shown: { index: string; id: string | null }): [Index, Written] {
    if (operation.id === '') throw illegalArgument('if _id is specified it must not be empty');
    const index = resolveTarget(this.#cluster, operation);
    const id = operation.id ?? newId();
    if (operation.action === 'delete' || operation.action === 'update') {
      shown.index = index.name;
      this.#touch(index);
      const change = operation.action === 'delete' ? removeDocument : updateDocument;
      return [index, change(index, operation, id)];
    }
    const pipelines = this.#pipelinesOf(index);
    const text = Buffer.from(operation.source).toString('utf8');
    const source = parseSource(text, pipelines.length > 0);
    const bytes =
      pipelines.length === 0
        ? operation.source
        : Buffer.from(runPipelines(this.#cluster, pipelines, text, source));
    shown.index = index.name;
    shown.id = id;
    const ignored = fitDocument(index, id, source, this.#options.onNewFields);
    if (index.stream !== null) checkTimestamp(source, index.mapping);
    this.#touch(index);
    return [index, putDocument(index, operation, id, bytes, ignored)];
  }

  #touch(index: Index): void {
    if (this.touched.has(index)) return;
    index.settle();
    this.touched.add(index);
  }

  #success(index: Index, { id, version, seqNo, result }: Written): Outcome {
    const body: JsonObject = {
      _index: index.name,
      _id: id,
      _version: version,
      result,
      ...(this.#options.forcedRefresh === true && result !== 'noop'
        ? { forced_refresh: true }
        : {}),
      _shards: { total: 1 + index.replicas, successful: 1, failed: 0 },
      _seq_no: seqNo,
      _primary_term: 1,
    };
    return { index: index.name, id, status: statusOf(result), body, error: null };
  }

  /** The request's pipeline, or else the default pipeline of the index; then its final one. */
  #pipelinesOf({ settings }: Index): string[] {
    const first = this.#options.pipeline ?? textSetting(settings, 'index.default_pipeline');
    const final = textSetting(settings, 'index.final_pipeline');
    return [first, final].flatMap((name) => (name === null || name === '_none' ? [] : [name]));
  }
}

/** A refused item, as a bulk answer shows it. */
export function failure(index: string, id: string | null, error: ApiError): Outcome {
  const body = { _index: index, _id: id, status: error.status, error: error.fault };
  return { index, id, status: error.status, body, error };
}

function statusOf(result: Written['result']): number {
  if (result === 'created') return 201;
  return result === 'not_found' ? 404 : 200;
}
