import type { AssetState } from '../../contracts/reconcile-assets-input.ts';
import type { AssetsLook } from '../../watch/look-at-assets.ts';
import { age } from '../../watch/words.ts';

/** Outcome of the last reconciliation; `assets` in the output of `tcsync status --json`. */
export type AssetsStatus = {
  /** When it ended, ISO 8601; `null` if there was none or Temporal does not answer. */
  reconciledAt: string | null;
  /** Number of assets in each state that occurs; `null` also if it failed. */
  states: Partial<Record<AssetState, number>> | null;
};

export function toAssetsStatus(look: AssetsLook | null): AssetsStatus {
  const last = look?.last ?? null;
  if (last === null) return { reconciledAt: null, states: null };
  const { endedAt, result } = last;
  if ('failed' in result) return { reconciledAt: endedAt, states: null };
  const states: AssetsStatus['states'] = {};
  for (const { state } of result.reports) states[state] = (states[state] ?? 0) + 1;
  return { reconciledAt: endedAt, states };
}

/** `assets     15 ok, 1 repaired (12 min ago)`. */
export function assetsText({ reconciledAt, states }: AssetsStatus, atMs: number): string {
  if (reconciledAt === null) return 'assets     not reconciled yet, or not known';
  const counts =
    states === null
      ? 'the last reconciliation failed'
      : Object.entries(states)
          .map(([state, count]) => `${count} ${state}`)
          .join(', ');
  return `assets     ${counts} (${age(atMs - Date.parse(reconciledAt))} ago)`;
}
