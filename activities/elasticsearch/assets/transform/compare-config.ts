import type { estypes } from '@elastic/elasticsearch';
import { differences, type Difference } from '../compare/differences.ts';
import type { TransformBody } from './latest-transform.ts';
import { MARKS, marksOf } from './marks.ts';

/** The configuration of a transform as Elasticsearch shows it, with its defaults. */
export type FoundConfig = Omit<estypes.TransformGetTransformTransformSummary, 'dest'> & {
  dest: estypes.ReindexDestination & Partial<TransformBody['dest']>;
};

type Config = Omit<FoundConfig, 'id'>;

/**
 * Compares all parts that `_update` can change. Left out are what Elasticsearch adds by itself (times, version,
 * authorization, defaults) and the marks in `_meta`.
 */
export function configDifferences(found: FoundConfig, wanted: TransformBody): Difference[] {
  return differences(comparable(found), comparable(wanted));
}

/**
 * True if the transform, as it was, may have left out documents, stored them elsewhere or deleted them. An `_update`
 * would not bring them back: the transform must read the data stream again.
 */
export function mayHaveLost(all: readonly Difference[]): boolean {
  return all.some(
    ({ path, is }) =>
      (path.startsWith('source.') && path !== 'source.query.bool.must_not') ||
      LOSING.has(path) ||
      (path.startsWith('retention_policy.') && is !== null),
  );
}

const LOSING: ReadonlySet<string> = new Set(['dest.index', 'dest.pipeline', 'sync.time.field']);

/**
 * Says why a transform must be replaced by a new one with a new index; `null` if `_update` can correct all differences.
 * Elasticsearch cannot change the key and the order of a transform.
 */
export function needsReplacement(
  { latest }: Pick<FoundConfig, 'latest'>,
  wanted: Pick<TransformBody, 'latest'>,
): string | null {
  const [is, should] = [orderText(latest), orderText(wanted.latest)];
  if (is === should) return null;
  return (
    `it keeps ${is}; this profile needs ${should}: Elasticsearch cannot change that, so a replacement of the latest ` +
    'index is needed (`npx tcsync apply --replace-latest`); namespaces of a cluster share the latest index, so all need the same TCSYNC_OUTPUT_PROFILE; ' +
    'nothing was changed'
  );
}

/** The body of an `_update`, which merges settings, and replaces every other part. */
export function updateBody(
  found: FoundConfig,
  wanted: TransformBody,
): Omit<TransformBody, 'latest'> {
  const { latest: _latest, _meta: meta, settings, ...parts } = wanted;
  const unwanted = Object.keys(found.settings ?? {}).map((name) => [name, null] as const);
  return {
    ...parts,
    settings: { ...Object.fromEntries(unwanted), ...settings },
    _meta: { ...marksOf(found), ...meta },
  };
}

function comparable(config: Config | TransformBody): object {
  const { description, source, dest, frequency, sync, retention_policy, settings, _meta } = config;
  const { index, pipeline, aliases = [] } = dest as FoundConfig['dest'];
  return {
    description,
    source: { ...source, index: [source?.index ?? []].flat() },
    dest: {
      index,
      pipeline,
      ...filled(
        'aliases',
        aliases.map(({ alias, move_on_creation: moves }) => [alias, moves]),
      ),
    },
    frequency,
    sync: sync?.time && { time: { ...sync.time, delay: unlessZero(sync.time.delay) } },
    retention_policy,
    ...filled('settings', Object.entries(settings ?? {})),
    ...filled(
      '_meta',
      Object.entries(_meta ?? {}).filter(([name]) => !MARKS.includes(name)),
    ),
  };
}

/** The comparison takes an empty object for a value. */
function filled(name: string, entries: (readonly [string, unknown])[]): object {
  return entries.length === 0 ? {} : { [name]: Object.fromEntries(entries) };
}

/** Elasticsearch does not show a delay of zero. */
function unlessZero(delay: estypes.Duration | undefined): unknown {
  return /^0\D*$/.test(String(delay)) ? undefined : delay;
}

function orderText(latest: estypes.TransformLatest | undefined): string {
  if (latest === undefined) return 'no latest documents (it is a pivot)';
  const key = [latest.unique_key].flat().toSorted();
  return `one document for each ${key.join(' + ')}, the one with the greatest ${latest.sort}`;
}
