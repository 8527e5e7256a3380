import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defaultPayloadConverter, WorkflowNotFoundError } from '@temporalio/common';
import { z } from 'zod';
import { taskQueue } from '../../contracts/names.ts';
import { SCHEDULED_AT } from '../../contracts/search-attributes.ts';
import { isBackfilled } from '../../window/is-backfilled.ts';

/** A run of the workflow `syncFeed` or `backfillFeed`, no matter who started it and under which id. */
export type Run = RunInput & {
  workflowId: string;
  runId: string;
  /** ISO 8601 */
  startedAt: string;
  /** Workflow id of the backfill that has started it; `null` if there is none. */
  parentId: string | null;
};

type RunInput = {
  /** `null` if its input cannot be read. */
  feed: string | null;
  /** True if it reads an explicit window, or a backfilled slot of the Schedule, and leaves the watermark as it is. */
  isApart: boolean;
  /** True if it has continued as new, so that it began before `startedAt`. */
  isContinued: boolean;
};

export type EndedRun = Run & { hasFailed: boolean; endedAt: string };

/** Inputs by run id. They are kept, because an input never changes. */
export type KnownInputs = Map<string, RunInput>;

/**
 * Open runs in a namespace, oldest first. Temporal lists executions with a delay (its visibility store is
 * eventually consistent). So each one that is listed is asked for by its id: one that has ended meanwhile is left out,
 * and one that has continued as new is found. A run that began a moment ago may be missing.
 */
export async function runsUnderWay(
  temporal: Client,
  namespace: string,
  known: KnownInputs = new Map(),
): Promise<Run[]> {
  const listed = await list(
    temporal,
    `WorkflowType IN ("syncFeed", "backfillFeed") AND TaskQueue = "${taskQueue(namespace)}" AND ExecutionStatus = "Running"`,
    Infinity,
  );
  const ids = new Set(listed.map(({ workflowId }) => workflowId));
  const runs = await Promise.all(
    [...ids].map(async (id) => {
      const info = await describeOpen(temporal, id);
      return info === null ? [] : [await toRun(temporal, info, known)];
    }),
  );
  return runs.flat().sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** `null` if it has ended. */
async function describeOpen(
  temporal: Client,
  workflowId: string,
): Promise<Omit<WorkflowExecutionInfo, 'raw'> | null> {
  try {
    const info = await temporal.workflow.getHandle(workflowId).describe();
    return info.status.name === 'RUNNING' ? info : null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/**
 * Runs that completed, failed or timed out, newest first. A run that was cancelled or terminated says nothing about the
 * health of the two systems.
 */
export async function runsEnded(
  temporal: Client,
  namespace: string,
  most: number,
  known: KnownInputs = new Map(),
): Promise<EndedRun[]> {
  const found = await list(
    temporal,
    `WorkflowType = "syncFeed" AND TaskQueue = "${taskQueue(namespace)}" AND ExecutionStatus IN ("Completed", "Failed", "TimedOut")`,
    most,
  );
  const ended = await Promise.all(
    found.map(async (info) =>
      Object.assign(await toRun(temporal, info, known), {
        hasFailed: info.status.name !== 'COMPLETED',
        endedAt: (info.closeTime ?? info.startTime).toISOString(),
      }),
    ),
  );
  return ended.sort((a, b) => b.endedAt.localeCompare(a.endedAt));
}

async function list(
  temporal: Client,
  query: string,
  most: number,
): Promise<WorkflowExecutionInfo[]> {
  const found: WorkflowExecutionInfo[] = [];
  for await (const info of temporal.workflow.list({ query })) {
    found.push(info);
    if (found.length >= most) break;
  }
  return found;
}

async function toRun(
  temporal: Client,
  info: Omit<WorkflowExecutionInfo, 'raw'>,
  known: KnownInputs,
): Promise<Run> {
  const { workflowId, runId, startTime, parentExecution } = info;
  const input = known.get(runId) ?? (await readInput(temporal, info));
  known.set(runId, input);
  return {
    workflowId,
    runId,
    startedAt: startTime.toISOString(),
    parentId: parentExecution?.workflowId ?? null,
    ...input,
  };
}

/** The part of the input that tells which records the run reads; after a continue-as-new it is in `resume`. */
const Input = z
  .looseObject({
    feed: z.string().default('default'),
    from: z.string().optional(),
    // of a backfill it is `true`
    resume: z.looseObject({ kind: z.string() }).optional().catch(undefined),
  })
  .prefault({});

/**
 * Reads the input from the first event of the history: ids can be chosen freely, and search attributes may be unset.
 */
async function readInput(
  temporal: Client,
  {
    workflowId,
    runId,
    startTime,
    typedSearchAttributes,
  }: Pick<WorkflowExecutionInfo, 'workflowId' | 'runId' | 'startTime' | 'typedSearchAttributes'>,
): Promise<RunInput> {
  const { history } = await temporal.workflowService.getWorkflowExecutionHistory({
    namespace: temporal.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const [payload] =
    history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const parsed = Input.safeParse(payload == null ? undefined : decoded(payload));
  if (!parsed.success) return { feed: null, isApart: false, isContinued: false };
  const { feed, from, resume } = parsed.data;
  if (resume !== undefined) return { feed, isApart: resume.kind === 'explicit', isContinued: true };
  const slot = typedSearchAttributes.get(SCHEDULED_AT);
  const isOfBackfill = slot !== undefined && isBackfilled(slot.getTime(), startTime.getTime());
  return { feed, isApart: from !== undefined || isOfBackfill, isContinued: false };
}

/** `null` if it is encrypted or not JSON: the run itself cannot read it either. */
function decoded(payload: Parameters<typeof defaultPayloadConverter.fromPayload>[0]): unknown {
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    return null;
  }
}
