import type { Client } from '@elastic/elasticsearch';
import { dataStream, LATEST_ALIAS, stateIndex } from '../../../../contracts/names.ts';
import { StateStore } from '../../state-store.ts';
import { backingIndices } from '../../stream-identity.ts';
import { blocked, due, OK, type Asset, type Inspection } from '../asset.ts';
import type { PlanContext } from '../asset-context.ts';
import { indicesBehindAlias } from '../latest/generation.ts';
import { coverageOf } from './coverage.ts';
import type { FleetPackage } from './fleet-package.ts';
import { stopFleet } from './fleet-transforms.ts';
import { moveReaders } from './move-readers.ts';
import { unseenBy } from './unseen-by.ts';

/** More than so many percent of the indicators that readers see may not disappear with the new index. */
const MISSING_MAX_PERCENT = 5;

/**
 * The alias moves from the integration's latest index to the program's as soon as that one is complete, in one request.
 * Until then the integration's transform goes on, so that readers miss nothing. If the alias was moved back, as by an
 * upgrade of the package, it moves again.
 */
export function handOverReaders(context: PlanContext, fleet: FleetPackage): Asset {
  const { index } = context.latest;
  return {
    name: `alias ${LATEST_ALIAS}`,
    body: null,
    inspect: async (sink, signal) => {
      const behind = await indicesBehindAlias(sink, signal);
      const others = behind.filter((name) => name !== index);
      if (others.length === 0 && behind.length > 0) return OK;
      const unread = await unreadFeed(sink, context, signal);
      if (unread !== null) return waiting(`feed ${unread} is not read whole yet`);
      const seen = others[0] ?? fleet.newest?.index ?? null;
      const { obstacle, remark } = await whatIsLost(sink, context, seen, signal);
      if (obstacle !== null) return obstacle;
      return due({
        becomes: 'repaired',
        changes: [
          `readers see ${index} instead of ${others.join(', ') || 'nothing'}`,
          ...(remark === null ? [] : [remark]),
        ],
        act: async () => {
          await stopFleet(sink, signal);
          await moveReaders(sink, { from: others, to: index }, signal);
        },
      });
    },
  };
}

function waiting(what: string): Inspection {
  const detail = `readers see the index of Elastic’s package until that of tcsync is complete: ${what}`;
  return { ...OK, detail };
}

/** A feed that has committed nothing since the data stream was handed over; `null` if there is none. */
async function unreadFeed(
  sink: Client,
  { feeds, namespace }: PlanContext,
  signal: AbortSignal,
): Promise<string | null> {
  const newest = (await backingIndices(sink, dataStream(namespace), signal)).at(-1);
  const store = new StateStore(sink, stateIndex(namespace));
  for (const feed of feeds) {
    const { state } = await store.readFeed(feed, signal);
    const isRead = state !== null && state.last_run !== null && state.stream.includes(newest ?? '');
    if (!isRead) return feed;
  }
  return null;
}

/** What readers would lose. */
type Lost = {
  /** Why the alias does not move; `null` if it may. */
  obstacle: Inspection | null;
  /** What they lose rightly: ThreatConnect no longer has it. */
  remark: string | null;
};

const NOTHING: Lost = { obstacle: null, remark: null };

/** @param seen the index that readers see; `null`: none */
async function whatIsLost(
  sink: Client,
  { latest, namespace }: PlanContext,
  seen: string | null,
  signal: AbortSignal,
): Promise<Lost> {
  if (seen === null) return NOTHING;
  const { live, missing } = await coverageOf(sink, { seen, next: latest.index, namespace }, signal);
  if (missing === 0) return NOTHING;
  const unseen = await unseenBy(sink, latest.transform, dataStream(namespace), signal);
  if (unseen > 0) {
    const obstacle = waiting(`transform ${latest.transform} has not seen ${unseen} documents`);
    return { ...NOTHING, obstacle };
  }
  const what = `${missing} of ${live} indicators in ${seen} are not in ${latest.index}`;
  if (missing * 100 <= live * MISSING_MAX_PERCENT) {
    return { ...NOTHING, remark: `${what}: ThreatConnect no longer shows them as active` };
  }
  const obstacle = blocked(
    `${what}: readers would lose them, so the alias stays; compare the owners and ` +
      'filters of the feeds with those of the integration (`npx tcsync plan`)',
  );
  return { ...NOTHING, obstacle };
}
