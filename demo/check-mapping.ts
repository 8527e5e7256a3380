import { isDeepStrictEqual } from 'node:util';
import type { StoredSource } from './stored-versions.ts';

type Document = { _id: string; _source: StoredSource };

export type MappingCheck = {
  /** Number of documents that `tcsync map` makes from the source's own records. */
  expected: number;
  equal: number;
  /** `_id`s of the documents that are not stored, or are stored with other content. */
  different: string[];
};

/**
 * Compares the stored documents with the output of `tcsync map` for the source's own records, field by field, except
 * for fields that only a run can fill. In the profile `compatible` several indicators may share an `_id`; the first one
 * that arrived is stored.
 *
 * @param mapped lines of `tcsync map`
 */
export async function checkMapping(
  mapped: AsyncIterable<string>,
  stored: AsyncIterable<Document>,
): Promise<MappingCheck> {
  const documents = new Map<string, StoredSource>();
  for await (const { _id: id, _source: source } of stored) documents.set(id, withoutRun(source));
  const candidates = new Map<string, StoredSource[]>();
  for await (const line of mapped) {
    const { _id: id, _source: source } = JSON.parse(line) as Document;
    candidates.set(id, [...(candidates.get(id) ?? []), withoutRun(source)]);
  }
  const different = [...candidates].flatMap(([id, sources]) =>
    sources.some((source) => isDeepStrictEqual(source, documents.get(id))) ? [] : [id],
  );
  return { expected: candidates.size, equal: candidates.size - different.length, different };
}

function withoutRun(source: StoredSource): StoredSource {
  const { created: _created, ingested: _ingested, ...event } = source.event;
  if (source.tcsync === undefined) return { ...source, event };
  const { feed: _feed, run_id: _runId, ...tcsync } = source.tcsync;
  return { ...source, event, tcsync };
}
