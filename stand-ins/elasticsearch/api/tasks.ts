import { notInStandIn, resourceNotFound } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { type JsonObject } from '../json/exact.ts';
import { matchesPattern } from '../text/wildcard.ts';
import { type Call, ok, type Route } from './call.ts';

/** `_tasks`: the work of requests that nobody waits for. */
export const taskRoutes: readonly Route[] = [
  {
    api: 'task',
    methods: ['GET'],
    paths: ['/_tasks'],
    parameters: ['actions', 'detailed', 'group_by'],
    handle: list,
  },
  { api: 'task', methods: ['GET'], paths: ['/_tasks/{id}'], parameters: [], handle: get },
];

/** Only what runs. Without `detailed` a task has neither description nor status. */
function list({ cluster, parameters }: Call): Answer {
  const groupBy = parameters.text('group_by') ?? 'nodes';
  if (groupBy !== 'none') throw notInStandIn(`[group_by=${groupBy}] of tasks`);
  const actions = parameters.list('actions') ?? ['*'];
  const isDetailed = parameters.flag('detailed');
  const tasks = cluster.tasks
    .running(cluster.nodeId)
    .filter(({ action }) => actions.some((one) => matchesPattern(one, String(action))))
    .map((task) => (isDetailed ? task : withoutDetails(task)));
  return ok({ tasks });
}

function withoutDetails({
  description: _description,
  status: _status,
  ...task
}: JsonObject): JsonObject {
  return task;
}

function get({ cluster, parts: { id = '' } }: Call): Answer {
  const [node, number] = id.split(':');
  const found = node === cluster.nodeId ? cluster.tasks.look(Number(number), cluster.nodeId) : null;
  if (found === null)
    throw resourceNotFound(`task [${id}] isn't running and hasn't stored its results`);
  return ok(found);
}
