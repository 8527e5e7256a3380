import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';
import { taskQueue } from '../../contracts/names.ts';

/** A run of the workflow `syncFeed`, no matter who started it and under which id. */
export type Run = RunInput & {
  workflowId: string;
  runId: string;
  /** ISO 8601 */
  startedAt: string;
};

type RunInput = {
  /** `null` if its input cannot be read. */
  feed: string | null;
  /** True if it reads an explicit window and leaves the watermark as it is. */
  isApart: boolean;
};

export type EndedRun = Run & { hasFailed: boolean; endedAt: string };

/** Inputs by run id. They are kept, because an input never changes. */
export type KnownInputs = Map<string, RunInput>;

/** Open runs in a namespace, oldest first. */
export async function runsUnderWay(
  temporal: Client,
  namespace: string,
  known: KnownInputs = new Map(),
): Promise<Run[]> {
  const found = await list(temporal, namespace, '= "Running"', Infinity);
  const runs = await Promise.all(found.map((info) => toRun(temporal, info, known)));
  return runs.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
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
  const found = await list(temporal, namespace, 'IN ("Completed", "Failed", "TimedOut")', most);
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
  namespace: string,
  status: string,
  most: number,
): Promise<WorkflowExecutionInfo[]> {
  const found: WorkflowExecutionInfo[] = [];
  const query = `WorkflowType = "syncFeed" AND TaskQueue = "${taskQueue(namespace)}" AND ExecutionStatus ${status}`;
  for await (const info of temporal.workflow.list({ query })) {
    found.push(info);
    if (found.length >= most) break;
  }
  return found;
}

async function toRun(
  temporal: Client,
  { workflowId, runId, startTime }: WorkflowExecutionInfo,
  known: KnownInputs,
): Promise<Run> {
  const input = known.get(runId) ?? (await readInput(temporal, { workflowId, runId }));
  known.set(runId, input);
  return { workflowId, runId, startedAt: startTime.toISOString(), ...input };
}

/** The part of the input that tells which records the run reads; after a continue-as-new it is in `resume`. */
const Input = z
  .looseObject({
    feed: z.string().default('default'),
    from: z.string().optional(),
    resume: z.looseObject({ kind: z.string() }).optional(),
  })
  .prefault({});

/**
 * Reads the input from the first event of the history: ids can be chosen freely, and search attributes may be unset.
 */
async function readInput(
  temporal: Client,
  execution: { workflowId: string; runId: string },
): Promise<RunInput> {
  const { history } = await temporal.workflowService.getWorkflowExecutionHistory({
    namespace: temporal.options.namespace,
    execution,
    maximumPageSize: 1,
  });
  const [payload] =
    history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const parsed = Input.safeParse(payload == null ? undefined : decoded(payload));
  if (!parsed.success) return { feed: null, isApart: false };
  const { feed, from, resume } = parsed.data;
  return { feed, isApart: from !== undefined || resume?.kind === 'explicit' };
}

/** `null` if it is encrypted or not JSON: the run itself cannot read it either. */
function decoded(payload: Parameters<typeof defaultPayloadConverter.fromPayload>[0]): unknown {
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    return null;
  }
}
