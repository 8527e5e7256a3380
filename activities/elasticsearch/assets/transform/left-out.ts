import type { Client } from '@elastic/elasticsearch';
import type { FoundConfig } from './compare-config.ts';
import type { TransformBody } from './latest-transform.ts';

/**
 * Documents of the data stream that a transform leaves out, because its index refuses them: for each `_id` the indicator
 * and the field, such as `indicator 736758 (threat_connect.indicator.custom)`.
 */
export type LeftOut = Readonly<Record<string, string>>;

/** More than these are no single documents: then the index is at fault. */
export const LEFT_OUT_MAX = 100;

/** A document may be in several backing indices. */
const COPIES_MAX = 10 * LEFT_OUT_MAX;

const NONE: LeftOut = {};

/** Where the transform itself stores them, so that every reconciliation knows them. */
const MEMBER = 'left_out';

/** The documents that a transform leaves out and that the data stream still has. */
export async function leftOutBy(
  sink: Client,
  { source, _meta: meta }: FoundConfig,
  signal: AbortSignal,
): Promise<LeftOut> {
  const stored = meta?.[MEMBER];
  if (typeof stored !== 'object' || stored === null) return NONE;
  const ids = Object.keys(stored);
  const { hits } = await sink.search(
    {
      index: source.index,
      ignore_unavailable: true,
      size: COPIES_MAX,
      _source: false,
      query: { ids: { values: ids } },
    },
    { signal },
  );
  const found = new Set(hits.hits.map(({ _id: id }) => id));
  return Object.fromEntries(
    Object.entries(stored).flatMap(([id, text]) => (found.has(id) ? [[id, String(text)]] : [])),
  );
}

/** The definition of a transform that leaves out these documents. */
export function leavingOut(body: TransformBody, leftOut: LeftOut): TransformBody {
  const values = Object.keys(leftOut);
  if (values.length === 0) return body;
  const { source, _meta: meta } = body;
  const { bool } = source?.query ?? {};
  return {
    ...body,
    source: {
      index: source?.index ?? [],
      query: { bool: { ...bool, must_not: [{ ids: { values } }] } },
    },
    _meta: { ...meta, [MEMBER]: leftOut },
  };
}

export function leftOutText(leftOut: LeftOut): string {
  return Object.values(leftOut).join(', ');
}
