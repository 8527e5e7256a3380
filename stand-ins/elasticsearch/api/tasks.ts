import { ApiError, illegalArgument } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { type Call, ok, type Route } from './call.ts';

/** `_tasks/<id>`: what became of a request with `wait_for_completion=false`. */
export const taskRoutes: readonly Route[] = [
  {
    api: 'task',
    methods: ['GET'],
    paths: ['/_tasks/{id}'],
    parameters: ['timeout', 'wait_for_completion'],
    handle: get,
  },
];

function get({ cluster, parts }: Call): Answer {
  const { id = '' } = parts;
  const [node, number] = id.split(':');
  if (number === undefined || !/^\d+$/.test(number))
    throw illegalArgument(`malformed task id ${id}`);
  const task = node === cluster.nodeId ? cluster.tasks.get(Number(number)) : null;
  if (task === null) {
    const whose =
      node === cluster.nodeId
        ? `task [${id}] isn't running and hasn't stored its results`
        : `task [${id}] belongs to the node [${node}] which isn't part of the cluster and there is no record of the task`;
    throw new ApiError(404, { type: 'resource_not_found_exception', reason: whose });
  }
  return ok({
    completed: true,
    task: {
      node: cluster.nodeId,
      id: task.id,
      type: 'transport',
      action: task.action,
      status: task.status,
      description: task.description,
      start_time_in_millis: task.startedMs,
      running_time_in_nanos: 1_000_000,
      cancellable: true,
      cancelled: false,
      headers: {},
    },
    response: task.response,
  });
}
