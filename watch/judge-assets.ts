import { assetsWorkflowId } from '../contracts/names.ts';
import type { AssetState } from '../contracts/reconcile-assets-input.ts';
import { temporalCommand, type TemporalPlace } from '../contracts/temporal-command.ts';
import { attention, note, type Finding } from './finding.ts';
import { judgeSchedule } from './judge-schedule.ts';
import type { AssetsLook } from './look-at-assets.ts';
import { operationsRow, reasonText } from './reason.ts';
import { age } from './words.ts';

type Context = {
  namespace: string;
  nowMs: number;
  /** Of Temporal. */
  place: TemporalPlace;
};

/** A reconciliation comes every hour; one may be missed. */
const OLD_MS = 3 * 3_600_000;

/** Findings about the assets in Elasticsearch, from the last reconciliation. */
export function judgeAssets(
  { schedule, last }: AssetsLook,
  { namespace, nowMs, place }: Context,
): Finding[] {
  const id = assetsWorkflowId(namespace);
  const ofSchedule = judgeSchedule(schedule, {
    silence: 'the assets in Elasticsearch are not reconciled',
    resume: temporalCommand(`schedule toggle --unpause --schedule-id ${id}`, place),
  });
  if (last === null) return ofSchedule;
  const { endedAt, result } = last;
  const oldMs = nowMs - Date.parse(endedAt);
  const isOld = oldMs > OLD_MS && schedule !== null && !schedule.paused;
  const old = attention('assets', {
    since: endedAt,
    what: `the assets were not reconciled for ${age(oldMs)}`,
    remedy: `Look at the runs of Schedule ${id} in Temporal: is a worker busy or missing?`,
  });
  return [...ofSchedule, ...(isOld ? [old] : []), ...judgeResult(result, endedAt)];
}

function judgeResult(
  result: NonNullable<AssetsLook['last']>['result'],
  endedAt: string,
): Finding[] {
  if ('failed' in result) {
    const { failed } = result;
    return [
      attention('assets', {
        since: endedAt,
        what: `the last reconciliation of the assets has failed: ${reasonText(failed)}`,
        remedy: `Run \`npx tcsync check\`: it says what to correct, then \`npx tcsync apply\`${operationsRow(failed)}`,
      }),
    ];
  }
  return result.reports.flatMap(({ asset, state, changes, detail }) => {
    const why = [...changes, ...(detail === null ? [] : [detail])].join('; ');
    const told = { since: endedAt, what: `${asset} is ${WORDS[state] ?? state}: ${why}` };
    if (state === 'blocked' || state === 'foreign') {
      return [
        attention('assets', { ...told, remedy: 'Correct that, then run `npx tcsync apply`' }),
      ];
    }
    const isNoted = state === 'repaired' || state === 'drift-ignored';
    return isNoted ? [note('assets', { ...told, remedy: null })] : [];
  });
}

const WORDS: Readonly<Partial<Record<AssetState, string>>> = {
  blocked: 'not as it should be',
  foreign: 'not tcsync’s',
  'drift-ignored': 'different, which is left to you',
};
