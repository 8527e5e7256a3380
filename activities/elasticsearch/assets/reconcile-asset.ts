import type { Client } from '@elastic/elasticsearch';
import { SinkForbiddenError, SinkMisconfiguredError } from '../../../contracts/errors.ts';
import type { AssetReport, AssetState } from '../../../contracts/reconcile-assets-input.ts';
import { atSink } from '../sink-error.ts';
import type { Asset, Foreseen, Inspection, Repair } from './asset.ts';

/** One repair may be the condition of the next one. */
const ROUNDS_MAX = 5;

const NOT_KEPT =
  'Elasticsearch accepted the request, but nothing has changed: does somebody else change it back?';

const WOULD: Readonly<Record<Repair['becomes'], AssetState>> = {
  created: 'missing',
  updated: 'differs',
  repaired: 'broken',
};

/**
 * Brings one asset into its wanted state: inspects, repairs, and inspects again, because an accepted request does not
 * prove a change. A refused request, also one for which a privilege is missing, is reported and does not end the
 * reconciliation of the other assets.
 *
 * @throws the errors of a cluster that does not answer, which Temporal tries again, and of credentials that are not accepted
 */
export async function reconcileAsset(
  sink: Client,
  asset: Asset,
  { dryRun }: { dryRun: boolean },
  signal: AbortSignal,
): Promise<AssetReport> {
  const done: Repair[] = [];
  const reported = (state: AssetState, detail: string | null) => ({
    asset: asset.name,
    state,
    changes: done.flatMap(({ changes }) => changes),
    detail,
  });
  try {
    for (let round = 0; ; round += 1) {
      const inspection = await inspect(sink, asset, signal);
      if (inspection.due.length === 0) {
        const next = dryRun && inspection.rest === 'ok' ? await foresee(sink, asset, signal) : null;
        if (next !== null) {
          const state = next.changes.length > 0 ? WOULD.updated : 'ok';
          return { ...reported(state, next.detail), changes: [...next.changes] };
        }
        return reported(outcome(inspection, done), inspection.detail);
      }
      if (dryRun) {
        done.push(...inspection.due);
        return reported(WOULD[first(done).becomes], inspection.detail);
      }
      if (round > 0 && (round === ROUNDS_MAX || isSame(inspection.due, done))) {
        return reported('blocked', NOT_KEPT);
      }
      for (const repair of inspection.due) {
        await atSink(`${asset.name}: ${repair.becomes}`, signal, () => repair.act());
        done.push(repair);
      }
    }
  } catch (error) {
    const isRefused =
      error instanceof SinkMisconfiguredError || error instanceof SinkForbiddenError;
    if (isRefused) return reported('blocked', error.message);
    throw error;
  }
}

export function inspect(sink: Client, asset: Asset, signal: AbortSignal): Promise<Inspection> {
  return atSink(`look up ${asset.name}`, signal, () => asset.inspect(sink, signal));
}

async function foresee(sink: Client, asset: Asset, signal: AbortSignal): Promise<Foreseen | null> {
  const what = `look up what follows for ${asset.name}`;
  return atSink(what, signal, async () => (await asset.foresee?.(sink, signal)) ?? null);
}

/** The first repair gives the state: what had to be created was not updated too. */
function outcome({ rest }: Inspection, done: readonly Repair[]): AssetState {
  return done.length > 0 && rest === 'ok' ? first(done).becomes : rest;
}

function first(done: readonly Repair[]): Repair {
  return done[0] as Repair;
}

/** True if all of it was done before. */
function isSame(due: readonly Repair[], done: readonly Repair[]): boolean {
  const textOf = ({ becomes, changes }: Repair) => JSON.stringify([becomes, changes]);
  const before = new Set(done.map(textOf));
  return due.every((repair) => before.has(textOf(repair)));
}
