import { type estypes } from '@elastic/elasticsearch';

import { illegalArgument } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { type JsonObject, toDouble } from '../json/exact.ts';
import { type Index } from '../state/index.ts';
import { resolveNames } from '../state/names.ts';
import { parseTimeMs } from '../text/time.ts';
import { type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

/** What kind of cluster this is and how it is. */
export const infoRoutes: readonly Route[] = [
  { api: 'info', methods: ['GET', 'HEAD'], paths: ['/'], parameters: [], handle: info },
  {
    api: 'health',
    methods: ['GET'],
    paths: ['/_cluster/health', '/_cluster/health/{index}'],
    parameters: [
      ...NAME_PARAMETERS,
      'level',
      'local',
      'master_timeout',
      'timeout',
      'wait_for_active_shards',
      'wait_for_events',
      'wait_for_no_initializing_shards',
      'wait_for_no_relocating_shards',
      'wait_for_nodes',
      'wait_for_status',
    ],
    handle: health,
  },
  {
    api: 'license',
    methods: ['GET'],
    paths: ['/_license'],
    parameters: ['accept_enterprise', 'local', 'master_timeout'],
    handle: license,
  },
];

function info({ cluster }: Call): Answer {
  const { major } = cluster;
  return ok({
    name: cluster.name,
    cluster_name: cluster.name,
    cluster_uuid: cluster.uuid,
    version: {
      number: cluster.version,
      build_flavor: 'default',
      build_type: 'docker',
      build_hash: '0'.repeat(40),
      build_date: '2025-07-23T22:10:47.574903747Z',
      build_snapshot: false,
      lucene_version: major === 8 ? '9.12.2' : '10.4.0',
      minimum_wire_compatibility_version: major === 8 ? '7.17.0' : '8.19.0',
      minimum_index_compatibility_version: `${major - 1}.0.0`,
    },
    tagline: 'You Know, for Search',
  } satisfies estypes.InfoResponse);
}

const RANKS: readonly string[] = ['red', 'yellow', 'green'];

function health(call: Call): Answer {
  const { cluster, parameters } = call;
  const level = parameters.text('level') ?? 'cluster';
  const wanted = parameters.text('wait_for_status') ?? 'red';
  if (!RANKS.includes(wanted)) throw illegalArgument(`unknown cluster health status [${wanted}]`);
  parseTimeMs('timeout', parameters.text('timeout') ?? '30s');
  const options = toNameOptions(parameters, { hidden: true, ignoreUnavailable: true });
  const targets = resolveNames(cluster, namesOf(call, 'index'), options);
  const named = call.parts['index'] !== undefined;
  const indices = targets.map(({ index }) => index);
  const missing = named && indices.length === 0;
  const replicas = indices.reduce((sum, index) => sum + index.replicas, 0);
  const state = replicas > 0 ? 'yellow' : 'green';
  const status = missing ? 'red' : state;
  // one node never gets greener by waiting, so a wait that is not met has timed out
  const timedOut = missing || RANKS.indexOf(status) < RANKS.indexOf(wanted);
  const active = indices.length;
  const percent = active + replicas === 0 ? 100 : (100 * active) / (active + replicas);
  const human = parameters.flag('human');
  const body: JsonObject = {
    cluster_name: cluster.name,
    status,
    timed_out: timedOut,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    active_primary_shards: active,
    active_shards: active,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: replicas,
    unassigned_primary_shards: 0,
    delayed_unassigned_shards: 0,
    number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0,
    ...(human ? { task_max_waiting_in_queue: '0s' } : {}),
    task_max_waiting_in_queue_millis: 0,
    ...(human ? { active_shards_percent: `${percent.toFixed(1)}%` } : {}),
    active_shards_percent_as_number: toDouble(percent),
    ...(level === 'cluster'
      ? {}
      : { indices: Object.fromEntries(indices.map((index) => [index.name, indexHealth(index)])) }),
  };
  return { status: timedOut ? 408 : 200, body };
}

function indexHealth(index: Index): JsonObject {
  return {
    status: index.replicas > 0 ? 'yellow' : 'green',
    number_of_shards: 1,
    number_of_replicas: index.replicas,
    active_primary_shards: 1,
    active_shards: 1,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: index.replicas,
    unassigned_primary_shards: 0,
  };
}

function license({ cluster, parameters }: Call): Answer {
  const human = parameters.flag('human');
  const body = {
    license: {
      status: 'active',
      uid: cluster.licenseUid,
      type: 'basic',
      issue_date: new Date(cluster.startedMs).toISOString(),
      issue_date_in_millis: cluster.startedMs,
      max_nodes: 1_000,
      max_resource_units: null,
      issued_to: cluster.name,
      issuer: 'elasticsearch',
      ...(human ? { start_date: '1969-12-31T23:59:59.999Z' } : {}),
      start_date_in_millis: -1,
    },
  } satisfies estypes.LicenseGetResponse;
  return { status: 200, body, pretty: true };
}
