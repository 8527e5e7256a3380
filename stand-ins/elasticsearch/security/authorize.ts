import { ApiError, notInStandIn } from '../errors.ts';
import { type Call, type Route } from '../api/call.ts';
import { isObject, toList } from '../json/exact.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Index } from '../state/index.ts';
import { aliasedIndices, aliasedStreams } from '../state/names.ts';
import { type Operation } from '../write/operation.ts';
import { ACTIONS, isClusterAction } from './actions.ts';
import { type ApiKey, isGranted } from './api-keys.ts';
import { granting } from './privileges.ts';

const USER = 'elastic';

/** @throws {ApiError} 403 if the caller's key lacks the privilege for this request */
export function authorize(route: Pick<Route, 'methods' | 'paths'>, call: Call): void {
  const { caller, cluster } = call;
  if (caller === null) return;
  const api = `${route.methods[0] ?? ''} ${route.paths[0] ?? ''}`;
  const action = ACTIONS[api];
  if (action === undefined) throw notInStandIn(`the privilege for ${api}`);
  if (api === 'GET /_security/api_key' && call.parameters.text('id') === caller.id) return;
  // the privilege was checked when the point in time was opened
  if (api === 'GET /_search' && call.body.optionalObject()['pit'] !== undefined) return;
  const steps: [string, string[]][] = action === null ? [] : [[action, namesIn(call)]];
  if (api === 'POST /_reindex') steps.push(...stepsOfReindex(call));
  if (api.endsWith('_by_query')) steps.push(['indices:data/read/search', namesIn(call)]);
  for (const [step, names] of steps) {
    const denied = denial(caller, cluster, step, names);
    if (denied !== null) throw denied;
  }
}

/** Why a document of a request may not be written; `null` if it may. */
export function denialOfWrite(
  { caller, cluster }: Pick<Call, 'caller' | 'cluster'>,
  { action, target }: Pick<Operation, 'action' | 'target'>,
): ApiError | null {
  if (caller === null) return null;
  const isNew =
    !cluster.indices.has(target) &&
    !cluster.streams.has(target) &&
    aliasedIndices(cluster, target).length + aliasedStreams(cluster, target).length === 0;
  const created = isNew ? denial(caller, cluster, 'indices:admin/auto_create', [target]) : null;
  return created ?? denial(caller, cluster, WRITES[action], [target]);
}

const WRITES: Readonly<Record<Operation['action'], string>> = {
  create: 'indices:data/write/index:op_type/create',
  delete: 'indices:data/write/delete',
  index: 'indices:data/write/index:op_type/index',
  update: 'indices:data/write/update',
};

/**
 * Refuses new fields of a data stream without the privilege for them. A plain index still takes them from everybody who
 * may write.
 */
export function newFieldsOf({ caller, cluster }: Call): (index: Index) => void {
  return ({ stream }) => {
    if (caller === null || stream === null) return;
    const denied = denial(caller, cluster, 'indices:admin/mapping/auto_put', [stream]);
    if (denied !== null) throw denied;
  };
}

/** The refusal of an action; `null` if the key has a privilege for it. */
export function denial(
  key: ApiKey,
  cluster: Cluster,
  action: string,
  names: readonly string[],
): ApiError | null {
  const lacking = isClusterAction(action)
    ? isGranted(key, action, '')
      ? []
      : [null]
    : names.filter((name) => !isGrantedOn(key, cluster, action, name));
  if (lacking.length === 0) return null;
  const on = isClusterAction(action) ? '' : ` on indices [${lacking.join(',')}]`;
  const kind = isClusterAction(action) ? 'cluster' : 'index';
  return new ApiError(403, {
    type: 'security_exception',
    reason: `action [${action}] is unauthorized for API key id [${key.id}] of user [${USER}]${on}, this action is granted by the ${kind} privileges [${granting(action).join(',')}]`,
  });
}

/** The privileges on a data stream hold for its backing indices. */
function isGrantedOn(key: ApiKey, cluster: Cluster, action: string, name: string): boolean {
  const stream = cluster.indices.get(name)?.stream ?? name;
  return isGranted(key, action, name) || isGranted(key, action, stream);
}

/** Everything in a request that stands for an index. */
function namesIn({ body, parts, path }: Call): string[] {
  const { index, name } = parts;
  const isOfName = path.startsWith('/_data_stream/') || /\/_alias\//.test(path);
  const named = [index, isOfName ? name : undefined].flatMap((part) => part?.split(',') ?? []);
  const [, last = ''] = /\/(_aliases|_mget)$/.exec(path) ?? [];
  const given = last === '' ? {} : body.object();
  const items = [given['actions'], given['docs']].flatMap((list) =>
    Array.isArray(list) ? (list as unknown[]) : [],
  );
  const inBody = items.flatMap((item) =>
    namesOfItem(last === '_aliases' && isObject(item) ? Object.values(item)[0] : item),
  );
  const found = [...named, ...inBody];
  return found.length === 0 ? ['*'] : found;
}

function namesOfItem(item: unknown): string[] {
  if (!isObject(item)) return [];
  return [item['index'], item['alias'], item['_index']].flatMap((value) => toList(value));
}

function stepsOfReindex({ body }: Call): [string, string[]][] {
  const { source, dest } = body.object();
  const indices = (part: unknown) => (isObject(part) ? toList(part['index']) : []);
  return [
    ['indices:data/read/search', indices(source)],
    ['indices:data/write/index:op_type/index', indices(dest)],
  ];
}
