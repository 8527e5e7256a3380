import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { taskQueue } from '../../contracts/names.ts';
import { STATE } from '../../contracts/search-attributes.ts';
import type { SyncFeedInput } from '../../contracts/sync-feed-input.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import type { Line } from '../e2e/line.ts';
import { until } from '../stage.ts';

/** Brings a workflow into one shape on a line, and says which run has it. */
export type Shape = (line: Line) => Promise<RunOf>;

/** `run`: of those that followed each other by continue-as-new. */
export type RunOf = { workflowId: string; run?: 'first' | 'last' };

/** All of the feed, whatever is written already. No other run takes such a window over. */
export const ALL = { feed: 'default', from: '2020-01-01T00:00:00Z' } as const;

/** As every run has it: what changes it is a command of the workflow's. */
const typedSearchAttributes = new TypedSearchAttributes([{ key: STATE, value: 'running' }]);

/** A workflow from its start to its end, well or not. */
export async function execute(
  { temporal }: Line,
  type: string,
  workflowId: string,
  input: unknown,
): Promise<RunOf> {
  const handle = await temporal.workflow.start(type, {
    workflowId,
    taskQueue: taskQueue('default'),
    typedSearchAttributes,
    args: [input],
  });
  return ended(handle);
}

export async function sync(line: Line, workflowId: string, input: SyncFeedInput): Promise<RunOf> {
  return execute(line, 'syncFeed', workflowId, input);
}

/** Starts a run, and holds the source's answers to its pages number `after + 1` to `after + times`. */
export async function startAndHold(
  { temporal, source }: Line,
  workflowId: string,
  input: SyncFeedInput,
  { after, times }: { after: number; times: number },
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof syncFeed>> {
  await source.post('/_sim/faults', { on: 'page', after, times, fault: { kind: 'hold' } });
  const handle = await temporal.workflow.start<typeof syncFeed>('syncFeed', {
    workflowId,
    taskQueue: taskQueue('default'),
    typedSearchAttributes,
    args: [input],
  });
  await until('the pages are held', async () => {
    const { held } = await source.get<{ held: number }>('/_sim/faults');
    return held === times;
  });
  return handle;
}

export async function release({ source }: Line): Promise<void> {
  await source.delete('/_sim/faults');
}

/** Waits for a run's end, well or not: some fail on purpose. */
export async function ended(handle: {
  workflowId: string;
  result(): Promise<unknown>;
}): Promise<RunOf> {
  await handle.result().catch(() => undefined);
  return { workflowId: handle.workflowId };
}
