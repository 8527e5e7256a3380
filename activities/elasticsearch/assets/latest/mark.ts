import type { Client, estypes } from '@elastic/elasticsearch';
import { z } from 'zod';
import type { Replacement } from '../../../../contracts/replace-latest-input.ts';
import { atSink } from '../../sink-error.ts';
import { MANAGED } from '../ownership.ts';
import { generationsOf, type Generation } from './generation.ts';
import { LATEST_INDICES } from './latest-template.ts';

/**
 * What the program notes about a latest index in `_meta` of the index's mapping, so that every installer knows of a
 * replacement, whatever Temporal it uses. An index that was never part of one has none.
 *
 *     building ──► current ──► superseded ──► deleted
 *        │  ▲                      │
 *        │  └─── (an undo) ────────┘
 *        └───► abandoned ───────────────────► deleted
 */
export type Mark =
  | {
      state: 'building';
      kind: Replacement['kind'];
      /** Number of the generation that it replaces. */
      replaces: number;
      /** Workflow id of the replacement. */
      by: string;
      since: string;
      read_to_ms: number | null;
    }
  /** Readers see it. */
  | { state: 'current'; since: string }
  /** Readers saw it until then. */
  | { state: 'superseded'; since: string; by_number: number }
  /** The replacement failed. */
  | { state: 'abandoned'; since: string };

const Mark: z.ZodType<Mark> = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('building'),
    kind: z.enum(['copy', 'read', 'undo']),
    replaces: z.number(),
    by: z.string(),
    since: z.iso.datetime(),
    read_to_ms: z.number().nullable(),
  }),
  z.object({ state: z.literal('current'), since: z.iso.datetime() }),
  z.object({ state: z.literal('superseded'), since: z.iso.datetime(), by_number: z.number() }),
  z.object({ state: z.literal('abandoned'), since: z.iso.datetime() }),
]);

const KEY = 'tcsync';

/** An existing latest index of the program. `mark`: `null` if it has none. */
export type MarkedBuild = Generation & { mark: Mark | null; meta: Record<string, unknown> };

/** `_meta` of an index that the program creates. */
export function markedMeta(mark: Mark): Record<string, unknown> {
  return { ...MANAGED, [KEY]: mark };
}

/** The latest indices of the program that exist, by their numbers. */
export async function builds(sink: Client, signal: AbortSignal): Promise<MarkedBuild[]> {
  const found = await atSink(`GET ${LATEST_INDICES}/_mapping`, signal, () =>
    sink.indices.getMapping({ index: LATEST_INDICES }, { signal }),
  );
  return generationsOf(Object.keys(found)).map((generation) => {
    const meta = metaOf(found[generation.index]);
    return Object.assign(generation, { meta, mark: Mark.safeParse(meta[KEY]).data ?? null });
  });
}

function metaOf(found: estypes.IndicesGetMappingIndexMappingRecord | undefined) {
  const { _meta: meta = {} } = found?.mappings ?? {};
  return meta;
}

/** Replaces the mark of an index, and leaves the rest of its `_meta` as it is. */
export async function putMark(
  sink: Client,
  { index, meta }: MarkedBuild,
  mark: Mark,
  signal: AbortSignal,
): Promise<void> {
  await atSink(`PUT ${index}/_mapping`, signal, () =>
    sink.indices.putMapping({ index, _meta: { ...meta, [KEY]: mark } }, { signal }),
  );
}

/** A latest index under construction. */
export type Building = MarkedBuild & { mark: Extract<Mark, { state: 'building' }> };

/** The build that replaces the given one at the moment; `null` if none does. */
export function buildingFor(current: Generation, all: readonly MarkedBuild[]): Building | null {
  for (const build of all) {
    const { mark, number } = build;
    if (number === current.number || mark?.state !== 'building') continue;
    if (mark.replaces === current.number) return { ...build, mark };
  }
  return null;
}
