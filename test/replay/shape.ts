import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { taskQueue } from '../../contracts/names.ts';
import { STATE } from '../../contracts/search-attributes.ts';
import type { SyncFeedInput } from '../../contracts/sync-feed-input.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import type { Line } from '../e2e/line.ts';
import { until } from '../stage.ts';

/** Starts a workflow of one shape, and returns the run that has it. */
export type Shape = (line: Line) => Promise<RunOf>;

/** `run`: its number among the runs that continued as new. */
export type RunOf = { workflowId: string; run?: 'first' | 'last' };

/** The whole feed, even if it is written already. No other run continues such a window. */
export const ALL = { feed: 'default', from: '2020-01-01T00:00:00Z' } as const;

/** The initial value of every run; the workflow changes it by commands. */
const typedSearchAttributes = new TypedSearchAttributes([{ key: STATE, value: 'running' }]);

/** A workflow from its start to its end, also if it fails. */
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

/** Waits for the end of a run, also if it fails: some fail on purpose. */
export async function ended(handle: {
  workflowId: string;
  result(): Promise<unknown>;
}): Promise<RunOf> {
  await handle.result().catch(() => undefined);
  return { workflowId: handle.workflowId };
}
