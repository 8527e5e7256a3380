import { illegalArgument } from '../errors.ts';
import { matchesPattern } from '../text/wildcard.ts';
import { isClusterAction, KNOWN_ACTIONS } from './actions.ts';

/** The actions of each privilege of the cluster, from the narrowest privilege to the widest. */
const CLUSTER: Readonly<Record<string, readonly string[]>> = {
  read_pipeline: ['cluster:admin/ingest/pipeline/get'],
  manage_pipeline: ['cluster:admin/ingest/pipeline/*'],
  manage_ingest_pipelines: ['cluster:admin/ingest/pipeline/*'],
  read_ilm: ['cluster:admin/ilm/get', 'cluster:admin/ilm/operation_mode/get'],
  manage_ilm: ['cluster:admin/ilm/*'],
  monitor_transform: ['cluster:monitor/transform/*'],
  manage_transform: ['cluster:admin/transform/*', 'cluster:monitor/transform/*'],
  manage_index_templates: ['cluster:admin/component_template/*', 'indices:admin/index_template/*'],
  read_security: ['cluster:admin/xpack/security/api_key/get'],
  manage_api_key: ['cluster:admin/xpack/security/api_key/*'],
  manage_security: ['cluster:admin/xpack/security/*'],
  monitor: [
    'cluster:monitor/*',
    'cluster:admin/component_template/get',
    'indices:admin/index_template/get',
  ],
  manage: [
    'cluster:admin/component_template/*',
    'cluster:admin/ilm/*',
    'cluster:admin/ingest/*',
    'cluster:admin/settings/*',
    'cluster:admin/transform/*',
    'cluster:monitor/*',
    'indices:admin/index_template/*',
  ],
  all: ['cluster:*', 'indices:admin/index_template/*'],
};

/** The same for indices, data streams and aliases. */
const INDEX: Readonly<Record<string, readonly string[]>> = {
  create_doc: ['indices:data/write/index:op_type/create', 'indices:data/write/bulk*'],
  create: ['indices:data/write/index*', 'indices:data/write/bulk*'],
  delete: ['indices:data/write/delete*', 'indices:data/write/bulk*'],
  index: ['indices:data/write/index*', 'indices:data/write/bulk*', 'indices:data/write/update*'],
  write: ['indices:data/write/*', 'indices:admin/mapping/auto_put'],
  read: ['indices:data/read/*'],
  auto_configure: ['indices:admin/auto_create', 'indices:admin/mapping/auto_put'],
  create_index: [
    'indices:admin/auto_create',
    'indices:admin/create',
    'indices:admin/data_stream/create',
  ],
  delete_index: ['indices:admin/data_stream/delete', 'indices:admin/delete'],
  view_index_metadata: [
    'indices:admin/aliases/get',
    'indices:admin/data_stream/get',
    'indices:admin/data_stream/lifecycle/explain',
    'indices:admin/data_stream/lifecycle/get',
    'indices:admin/get',
    'indices:admin/ilm/explain',
    'indices:admin/mappings/get',
    'indices:internal/transform/checkpoint',
    'indices:monitor/settings/get',
  ],
  maintenance: ['indices:admin/flush', 'indices:admin/refresh'],
  manage_data_stream_lifecycle: ['indices:admin/data_stream/lifecycle/*'],
  manage_ilm: ['indices:admin/ilm/*'],
  monitor: ['indices:monitor/*'],
  manage: ['indices:admin/*', 'indices:monitor/*'],
  all: ['indices:*'],
};

/** Names of all privileges that grant an action. */
export function granting(action: string): string[] {
  const table = isClusterAction(action) ? CLUSTER : INDEX;
  return Object.keys(table).filter((name) => grants(table, name, action));
}

export function grantsInCluster(privileges: readonly string[], action: string): boolean {
  return privileges.some((name) => grants(CLUSTER, name, action));
}

export function grantsInIndex(privileges: readonly string[], action: string): boolean {
  return privileges.some((name) => grants(INDEX, name, action));
}

/** True if `held` grant every action that `asked` grants. @throws {ApiError} 400 for an unknown privilege */
export function includesInCluster(held: readonly string[], asked: string): boolean {
  checkCluster([asked]);
  return KNOWN_ACTIONS.every(
    (action) => !grants(CLUSTER, asked, action) || grantsInCluster(held, action),
  );
}

/** The same for an index. */
export function includesInIndex(held: readonly string[], asked: string): boolean {
  checkIndex([asked]);
  return KNOWN_ACTIONS.every(
    (action) => !grants(INDEX, asked, action) || grantsInIndex(held, action),
  );
}

/** @throws {ApiError} 400 for an unknown privilege */
export function checkCluster(names: readonly string[]): void {
  check('cluster', CLUSTER, names);
}

export function checkIndex(names: readonly string[]): void {
  check('index', INDEX, names);
}

function check(kind: string, table: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const other = names.find((name) => !(name in table));
  if (other === undefined) return;
  throw illegalArgument(
    `unknown ${kind} privilege [${other}]. a privilege must be either one of the predefined names [${Object.keys(table).join(',')}]`,
  );
}

function grants(
  table: Readonly<Record<string, readonly string[]>>,
  name: string,
  action: string,
): boolean {
  return (table[name] ?? []).some((pattern) => matchesPattern(pattern, action));
}
