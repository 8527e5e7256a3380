import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, ScheduleNotFoundError } from '@temporalio/client';
import { scheduleId } from '../contracts/names.ts';
import type { DevServer } from './dev-server.ts';

const POLL_MS = 200;
const PATIENCE_MS = 30_000;

/** Deletes a namespace's Schedule and waits for the open run, because no worker would end it later. */
export async function endSchedule(
  { address, namespace: temporalNamespace }: Pick<DevServer, 'address' | 'namespace'>,
  namespace: string,
): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace: temporalNamespace });
    const id = scheduleId(namespace, 'default');
    try {
      await client.schedule.getHandle(id).delete();
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
    const query = `WorkflowId STARTS_WITH "${id}" AND ExecutionStatus = "Running"`;
    const deadlineMs = Date.now() + PATIENCE_MS;
    while ((await client.workflow.count(query)).count > 0 && Date.now() < deadlineMs) {
      await sleep(POLL_MS);
    }
  } finally {
    await connection.close();
  }
}
