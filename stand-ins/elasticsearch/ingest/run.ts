import { ApiError, illegalArgument } from '../errors.ts';
import { malformedJson } from '../json/malformed.ts';
import { isObject, parseExact } from '../json/exact.ts';
import { type Fields, scanObject } from '../json/scan.ts';
import { type Cluster } from '../state/cluster.ts';
import { IngestDocument } from './document.ts';
import { type Pipeline } from './pipeline.ts';
import { spliceText } from './splice.ts';

/** What pipelines made of a document. */
export interface Ingested {
  /** The source's text, in pieces. */
  readonly pieces: readonly Uint8Array[];
  /** Where `@timestamp` is to be looked for. */
  readonly bytes: Uint8Array;
  readonly fields: Fields;
  /** A pipeline may send a document elsewhere. */
  readonly index: string;
  readonly id: string | null;
}

/**
 * Runs the pipelines, in order. Where all their steps are simple they are carried out on the text, so that numbers,
 * spacing and order stay as they were sent.
 *
 * @param ids of pipelines; at least one
 * @throws {ApiError} 400 for a pipeline that is not there, for bad JSON, and for a step that fails
 */
export function runPipelines(
  cluster: Cluster,
  ids: readonly string[],
  bytes: Uint8Array,
  index: string,
  id: string | null,
): Ingested {
  const pipelines = ids.map((name) => {
    const pipeline = cluster.pipelines.get(name);
    if (pipeline === undefined) throw illegalArgument(`pipeline with id [${name}] does not exist`);
    return pipeline;
  });
  const fields = scanObject(bytes);
  if (fields === null) throw malformedSource(bytes);
  const timestamp = cluster.clock.nowNanos();
  return (
    runOnText(pipelines, bytes, fields, index, id, timestamp) ??
    runOnTree(pipelines, bytes, index, id, timestamp)
  );
}

function runOnText(
  pipelines: readonly Pipeline[],
  bytes: Uint8Array,
  fields: Fields,
  index: string,
  id: string | null,
  timestamp: string,
): Ingested | null {
  let pieces: readonly Uint8Array[] = [bytes];
  let looked = { bytes, fields };
  for (const pipeline of pipelines) {
    for (const { splice } of pipeline.processors) {
      if (splice === null) return null;
      const text = join(pieces);
      const next = spliceText(text, splice, timestamp);
      if (next === null) return null;
      pieces = next;
      if (splice.kind === 'set' && splice.path[0] === '@timestamp' && next.length > 1) {
        const changed = join(next);
        looked = { bytes: changed, fields: scanObject(changed) ?? [] };
      }
    }
  }
  return { pieces, ...looked, index, id };
}

function runOnTree(
  pipelines: readonly Pipeline[],
  bytes: Uint8Array,
  index: string,
  id: string | null,
  timestamp: string,
): Ingested {
  const source = parseExact(Buffer.from(bytes).toString('utf8'));
  if (!isObject(source)) throw malformedSource(bytes);
  const document = new IngestDocument(source, index, id, timestamp);
  for (const pipeline of pipelines) runOne(pipeline, document);
  const text = Buffer.from(JSON.stringify(document.source));
  return {
    pieces: [text],
    bytes: text,
    fields: scanObject(text) ?? [],
    index: document.index,
    id: document.id,
  };
}

function runOne(pipeline: Pipeline, document: IngestDocument): void {
  try {
    for (const processor of pipeline.processors) processor.run(document);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const headers = { pipeline_origin: pipeline.id, ...error.headers };
    throw new ApiError(error.status, error.fault, { headers });
  }
}

function malformedSource(bytes: Uint8Array): ApiError {
  const text = Buffer.from(bytes).toString('utf8');
  if (text.trimStart().startsWith('{')) return new ApiError(400, malformedJson(text));
  return new ApiError(400, {
    type: 'document_parsing_exception',
    reason: 'Malformed content, must start with an object',
  });
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [only, ...more] = pieces;
  return only !== undefined && more.length === 0 ? only : Buffer.concat(pieces);
}
