import type { Client, estypes } from '@elastic/elasticsearch';
import { atSink } from '../../sink-error.ts';

/** Serverless does not list tasks. */
const NO_LIST = [400, 403, 404, 405, 410];

/** Tasks that copy into an index at the moment. */
export async function copiesInto(
  sink: Client,
  index: string,
  signal: AbortSignal,
): Promise<string[]> {
  const { body, statusCode } = await atSink('GET _tasks', signal, () =>
    sink.tasks.list(
      { actions: '*reindex', detailed: true, group_by: 'none' },
      { signal, ignore: NO_LIST, meta: true },
    ),
  );
  if (statusCode !== null && statusCode >= 300) return [];
  const tasks = Object.values<estypes.TasksTaskInfo>(
    (body.tasks as estypes.TasksTaskInfo[] | undefined) ?? [],
  );
  return tasks
    .filter(({ description }) => description?.includes(`to [${index}]`) ?? false)
    .map(({ node, id }) => `${node}:${id}`);
}
