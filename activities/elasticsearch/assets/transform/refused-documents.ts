import type { Client, estypes } from '@elastic/elasticsearch';
import { sortItem } from '../../bulk-item.ts';
import type { FoundConfig } from './compare-config.ts';
import { LEFT_OUT_MAX, type LeftOut } from './left-out.ts';
import type { FoundStats } from './requests.ts';
import { unseenQuery } from './unseen-documents.ts';

const PAGE_SIZE = 200;

/** 50,000 documents take about a minute; the step may take five. */
const PAGES_MAX = 250;

const KEEP_ALIVE = '1m';

/** The settings that decide which documents an index accepts. */
const DECIDING: ReadonlySet<string> = new Set([
  'mapping',
  'analysis',
  'default_pipeline',
  'final_pipeline',
  'mode',
]);

/**
 * Finds the documents that the index of a transform refuses. Elasticsearch names only the hash under which the transform
 * would have stored one. So all documents that the transform has not seen are written into an index with the same
 * mapping, under their own ids. Nobody sees them there: the index is hidden and never refreshed, and is deleted.
 *
 * @see docs/decisions/a-trial-index-finds-refused-documents.md
 */
export async function refusedDocuments(
  sink: Client,
  found: FoundConfig,
  stats: FoundStats,
  signal: AbortSignal,
): Promise<LeftOut> {
  const trial = `${found.dest.index}-trial`;
  const remove = () =>
    sink.indices.delete({ index: trial, ignore_unavailable: true }, { signal, ignore: [404] });
  await remove(); // one of a worker that was killed
  await createLike(sink, found.dest.index, trial, signal);
  const refused: Record<string, string> = {};
  try {
    for await (const documents of unseenPages(sink, found, stats, signal)) {
      Object.assign(refused, await refusedOf(sink, trial, documents, signal));
      if (Object.keys(refused).length > LEFT_OUT_MAX) break;
    }
  } finally {
    await remove();
  }
  return refused;
}

async function createLike(sink: Client, index: string, trial: string, signal: AbortSignal) {
  const found = (await sink.indices.get({ index }, { signal }))[index];
  const settings = Object.entries(found?.settings?.index ?? {});
  await sink.indices.create(
    {
      index: trial,
      mappings: found?.mappings ?? {},
      settings: {
        index: {
          ...Object.fromEntries(settings.filter(([name]) => DECIDING.has(name))),
          hidden: true,
          refresh_interval: '-1',
        },
      },
    },
    { signal },
  );
}

type Hit = estypes.SearchHit<Record<string, unknown>>;

async function* unseenPages(
  sink: Client,
  found: FoundConfig,
  stats: FoundStats,
  signal: AbortSignal,
): AsyncGenerator<Hit[]> {
  const { id } = await sink.openPointInTime(
    { index: found.source.index ?? [], keep_alive: KEEP_ALIVE, ignore_unavailable: true },
    { signal },
  );
  try {
    let after: estypes.SortResults | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const { hits } = await sink.search<Record<string, unknown>>(
        {
          pit: { id, keep_alive: KEEP_ALIVE },
          size: PAGE_SIZE,
          track_total_hits: false,
          query: unseenQuery(found, stats),
          sort: ['_shard_doc'],
          ...(after === undefined ? {} : { search_after: after }),
        },
        { signal },
      );
      if (hits.hits.length === 0) return;
      yield hits.hits;
      after = hits.hits.at(-1)?.sort;
    }
  } finally {
    await sink.closePointInTime({ id }, { signal, ignore: [404] });
  }
}

async function refusedOf(
  sink: Client,
  trial: string,
  documents: readonly Hit[],
  signal: AbortSignal,
): Promise<LeftOut> {
  const { items } = await sink.bulk(
    {
      index: trial,
      operations: documents.flatMap(({ _id: id, _source: source }) => [
        { index: { _id: id } },
        withoutUnderscored(source ?? {}),
      ]),
    },
    { signal },
  );
  const refused = documents.flatMap((document, place) => {
    const item = items[place]?.index;
    const { _id: id = '' } = document;
    if (item === undefined || item.status < 300) return [];
    const outcome = sortItem(`POST ${trial}/_bulk`, item);
    // 400: an immense term, or too many fields
    if (outcome.kind === 'rejected' || item.status === 400) {
      return [[id, toText(document, item.error)] as const];
    }
    if ('error' in outcome) throw outcome.error;
    return [];
  });
  return Object.fromEntries(refused);
}

/** As the transform writes it. */
function withoutUnderscored(source: object): object {
  return Object.fromEntries(Object.entries(source).filter(([name]) => !name.startsWith('_')));
}

function toText({ _id: id, _source: source }: Hit, error: estypes.ErrorCause | undefined): string {
  const { indicator } = (source?.threat_connect ?? {}) as { indicator?: { id?: unknown } };
  const named = indicator?.id;
  const isId = typeof named === 'number' || typeof named === 'string';
  const name = isId ? `indicator ${named}` : `document ${id}`;
  return `${name} (${fieldIn(error?.reason ?? undefined) ?? error?.type ?? 'no reason is given'})`;
}

/**
 * The name of the field in the reason, which also quotes the value. Elasticsearch puts names into brackets; a name is
 * kept only if it looks like one of a field.
 */
function fieldIn(reason = ''): string | null {
  const [, field] =
    /(?:field|object mapping for|introduction of) \[([\w.@-]{1,200})\]/.exec(reason) ?? [];
  return field ?? null;
}
