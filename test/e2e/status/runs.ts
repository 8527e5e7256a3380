import { ApplicationFailure, condition, proxyActivities, setHandler } from '@temporalio/workflow';
import { progress } from '../../../contracts/messages.ts';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import { BEGINNING, type SyncFeedProgress } from '../../../contracts/progress.ts';

/** The actions of a run that replaces a real one. */
export type Act =
  | { does: 'end' }
  | { does: 'fail'; type: string; message: string }
  | { does: 'stumble' }
  | { does: 'retry' }
  | { does: 'plan' }
  | { does: 'read'; paused: string | null };

type Activities = { syncPage(): Promise<void>; planSlices(): Promise<void> };

const { syncPage, planSlices } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 millisecond', maximumInterval: '5 milliseconds' },
});

/** Has the name and the input of the real workflow, and does what `act` says. */
export async function syncFeed({ act }: { act?: Act }): Promise<void> {
  switch (act?.does) {
    case 'fail':
      throw ApplicationFailure.nonRetryable(act.message, act.type);
    case 'stumble':
      throw new TypeError('a fault of the program');
    case 'retry':
      return syncPage();
    case 'plan':
      return planSlices();
    case 'read':
      setHandler(progress, () => ({ ...READING, paused: act.paused }));
      await condition(() => false);
      return;
    default:
  }
}

/** Has the name of the real workflow, and returns what the input says. */
export async function reconcileAssets({
  reports,
}: {
  reports: AssetReport[];
}): Promise<AssetReport[]> {
  if (reports.length === 0)
    throw ApplicationFailure.nonRetryable('PUT _x: 403', 'SinkUnauthorized');
  return reports;
}

const READING: SyncFeedProgress = {
  window: { from: null, to: '2026-01-01T00:00:00Z' },
  kind: 'whole',
  slices: [
    {
      number: 1,
      slice: {
        from: null,
        to: '2026-01-01T00:00:00Z',
        ownerIds: null,
        settledBefore: '2026-01-01T00:00:00Z',
      },
      position: BEGINNING,
    },
  ],
  planned: 1,
  rest: [],
  expected: 9_673,
  pageSize: 500,
  pageSizeMax: 2_000,
  lightPages: 0,
  growAfter: 2,
  lanes: 2,
  keyset: true,
  deepFields: true,
  ownerIds: [],
  absentOwnerIds: [],
  seenOwners: [],
  stream: [],
  configHash: '',
  notes: [],
  counts: { pages: 4, read: 4_000, created: 4_000, duplicate: 0, rejected: 0 },
  late: 0,
  refusedPages: 0,
  attention: [],
  paused: null,
  advanced: null,
};
