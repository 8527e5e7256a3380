import type { Client, estypes } from '@elastic/elasticsearch';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import { blocked, due, OK, type Asset, type Inspection } from '../asset.ts';
import { generationsOf, runningGenerations, type Generation } from './generation.ts';

/**
 * Readers see exactly one index: that of the generation whose transform runs. Everything is moved in one request, so that
 * they see each indicator once at every moment.
 */
export function latestAlias(latest: Generation): Asset {
  return {
    name: `alias ${LATEST_ALIAS}`,
    body: null,
    inspect: async (sink, signal) => {
      const found = await sink.indices.getAlias(
        { name: LATEST_ALIAS },
        { signal, ignore: [404], meta: true },
      );
      const holders = found.statusCode === 404 ? {} : found.body;
      const names = Object.keys(holders);
      if (names.length === 0) return inspectMissing(sink, latest, signal);
      const own = new Set(generationsOf(names).map(({ index }) => index));
      const others = names.filter((name) => !own.has(name));
      if (others.length > 0) return blocked(strangersText(others, own.size > 0));
      if (own.size > 1) return inspectSeveral(sink, [...own], signal);
      return inspectOne(holders);
    },
  };
}

async function inspectMissing(
  sink: Client,
  latest: Generation,
  signal: AbortSignal,
): Promise<Inspection> {
  const found = await sink.indices.get(
    { index: LATEST_ALIAS },
    { signal, ignore: [404], meta: true },
  );
  if (found.statusCode !== 404) {
    return blocked(
      `an index or data stream has this name, so that the alias cannot exist and readers see only what is in there: ` +
        `delete it (DELETE /${LATEST_ALIAS}) and apply again`,
    );
  }
  const index = await servingIndex(sink, latest, signal);
  // the transform creates both
  if (index === null) return OK;
  return due({
    becomes: 'created',
    changes: [],
    act: () => sink.indices.putAlias({ index, name: LATEST_ALIAS }, { signal }),
  });
}

/** The index whose transform alone runs; if there is none, or if several run, that of the given generation. */
async function servingIndex(
  sink: Client,
  latest: Generation,
  signal: AbortSignal,
): Promise<string | null> {
  const running = await runningGenerations(sink, signal);
  const [only = latest, ...others] = running;
  const { index } = others.length === 0 ? only : latest;
  return (await sink.indices.exists({ index }, { signal })) ? index : null;
}

async function inspectSeveral(
  sink: Client,
  indices: readonly string[],
  signal: AbortSignal,
): Promise<Inspection> {
  const running = await runningGenerations(sink, signal);
  const [served, ...more] = running
    .map(({ index }) => index)
    .filter((one) => indices.includes(one));
  if (served === undefined || more.length > 0) {
    return blocked(
      `it stands for ${indices.join(' and ')}, so that readers see indicators twice, and ` +
        `${served === undefined ? 'none of their transforms runs' : 'several of their transforms run'}: remove one by ` +
        `POST _aliases {"actions":[{"remove":{"index":"…","alias":"${LATEST_ALIAS}"}}]}`,
    );
  }
  const wrong = indices.filter((index) => index !== served);
  return due({
    becomes: 'repaired',
    changes: wrong.map(
      (index) => `${index} is removed: its transform does not run, that of ${served} does`,
    ),
    act: () =>
      sink.indices.updateAliases(
        { actions: wrong.map((index) => ({ remove: { index, alias: LATEST_ALIAS } })) },
        { signal },
      ),
  });
}

/** Readers of an alias with a filter or routing see only a part of the index. */
function inspectOne(holders: estypes.IndicesGetAliasResponse): Inspection {
  const { filter, index_routing, search_routing } =
    Object.values(holders)[0]?.aliases[LATEST_ALIAS] ?? {};
  const limits = Object.entries({ filter, index_routing, search_routing })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (limits.length === 0) return OK;
  const detail = `somebody has given it ${limits.join(', ')}: readers see only a part of the indicators; a new latest index does not get ${limits.length > 1 ? 'them' : 'it'}`;
  return { due: [], rest: 'drift-ignored', detail };
}

function strangersText(others: readonly string[], isOursToo: boolean): string {
  return (
    `it stands for ${others.join(', ')}, which tcsync did not create, so that readers see ` +
    `${isOursToo ? 'indicators twice' : 'other documents than those of tcsync'}; nothing was changed. ` +
    `POST _aliases {"actions":[{"remove":{"index":"${others[0]}","alias":"${LATEST_ALIAS}"}}]} removes ` +
    `${others.length > 1 ? 'the first' : 'it'}; then apply again`
  );
}
