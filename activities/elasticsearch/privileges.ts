import type { Client, estypes } from '@elastic/elasticsearch';
import { dataStream, LATEST_ALIAS, rejectStream, stateIndex } from '../../contracts/names.ts';
import { LATEST_INDICES } from './assets/latest/latest-template.ts';
import type { AssetContext } from './assets/asset-context.ts';
import { atSink } from './sink-error.ts';

/** The form in which `POST _security/api_key` expects them in a role descriptor. */
export type Privileges = {
  cluster: estypes.SecurityClusterPrivilege[];
  indices: { names: string[]; privileges: estypes.SecurityIndexPrivilege[] }[];
};

/** Who needs privileges: `tcsync apply`, the runs, or both with the same key. */
export type Holder = 'installer' | 'ingester' | 'both';

/** One privilege, on the cluster or on names of indices, and what the program does with it. */
export type Need = { purpose: string } & (
  | { on: null; privilege: estypes.SecurityClusterPrivilege }
  | { on: readonly string[]; privilege: estypes.SecurityIndexPrivilege }
);

/** The settings and facts on which the privileges depend. */
export type PrivilegeContext = Pick<AssetContext, 'namespace' | 'assets' | 'flavour'>;

/**
 * The privileges that the program needs, and no others. Wider privileges include narrower ones: `manage` on an index
 * includes `create_index`, `auto_configure` and `delete_index`, `monitor` includes `monitor_transform`, `manage_ilm`
 * includes `read_ilm`.
 *
 * @see https://www.elastic.co/docs/reference/elasticsearch/security-privileges
 */
export function needs(holder: Holder, context: PrivilegeContext): Need[] {
  if (holder === 'installer') return installerNeeds(context);
  if (holder === 'ingester') return ingesterNeeds(context);
  return [...installerNeeds(context), ...ingesterNeeds(context)];
}

function installerNeeds({ namespace, assets, flavour }: PrivilegeContext): Need[] {
  const own: Need[] = [
    inCluster('manage_index_templates', 'reads, writes and tries out templates'),
    on([stateIndex(namespace)], 'create_index', 'creates the index of the program’s own state'),
    on([stateIndex(namespace)], 'view_index_metadata', 'looks whether that index exists'),
  ];
  if (assets === 'feed-only') {
    return [
      ...own,
      inCluster('monitor', 'looks at the transform of Elastic’s package'),
      on(STREAMS, 'view_index_metadata', 'looks whether a takeover has to be undone'),
      on(LATEST, 'view_index_metadata', 'looks whose latest index readers see'),
    ];
  }
  const handOver: Need[] = [
    on([stateIndex(namespace)], 'read', 'looks whether each feed was read whole'),
    on([stateIndex(namespace)], 'delete', 'lets the feeds be read whole again'),
  ];
  return [
    ...own,
    ...(assets === 'takeover' ? handOver : []),
    inCluster('manage_ingest_pipelines', 'reads and writes the pipeline that stamps documents'),
    // Serverless has none
    ...(flavour === 'stack'
      ? [inCluster('manage_ilm', 'reads and writes the lifecycle policy')]
      : []),
    inCluster('manage_transform', 'creates, starts, reads and changes the transform'),
    inCluster('monitor', 'follows the copying of documents into a new latest index'),
    ...transformNeeds(),
    on(STREAMS, 'index', 'stamps documents that were written while the pipeline did not work'),
    on(STREAMS, 'manage', 'creates the data stream, rolls it over, corrects its backing indices'),
  ];
}

/** The transform has the privileges of the key that created it, in every namespace. */
function transformNeeds(): Need[] {
  return [
    on(STREAMS, 'read', 'the transform reads documents'),
    on(STREAMS, 'view_index_metadata', 'the transform looks for changes'),
    on(LATEST, 'read', 'the transform and a replacement read the latest index'),
    on(LATEST, 'index', 'the transform writes the newest version of each indicator'),
    on(LATEST, 'delete', 'the transform deletes indicators that have ended'),
    on(LATEST, 'manage', 'creates and corrects the latest index, and moves the alias'),
  ];
}

function ingesterNeeds({ namespace }: PrivilegeContext): Need[] {
  const [stream, rejects, state] = [
    dataStream(namespace),
    rejectStream(namespace),
    stateIndex(namespace),
  ];
  return [
    inCluster('monitor', 'reads the version, looks for a template, reads how the transform stands'),
    on([stream], 'auto_configure', 'adds fields that ThreatConnect has added'),
    on([stream], 'create_doc', 'writes documents'),
    on([stream], 'read', 'finds the newest version of an indicator'),
    on(
      [stream],
      'view_index_metadata',
      'knows the data stream by its backing indices, and finds write blocks',
    ),
    on([rejects], 'auto_configure', 'creates the data stream of rejects with the first one'),
    on([rejects], 'index', 'writes rejects and marks them as settled'),
    on([rejects], 'read', 'lists rejects and reads them again'),
    on([state], 'index', 'writes the state of each feed'),
    on([state], 'delete', 'removes the record of a run that has ended'),
    on([state], 'read', 'reads the state of each feed'),
    on([state], 'view_index_metadata', 'finds write blocks'),
    on([LATEST_ALIAS], 'read', 'finds the newest version of an indicator'),
    on([LATEST_ALIAS], 'view_index_metadata', 'finds the latest index, and write blocks of it'),
  ];
}

const STREAMS = [dataStream('*')];
const LATEST = [LATEST_INDICES, LATEST_ALIAS];

/** What an API key needs so that a transform can run with it. */
export const TRANSFORM_PRIVILEGES: Privileges = toPrivileges([
  inCluster('manage_transform', 'changes the transform'),
  ...transformNeeds(),
]);

export function neededPrivileges(holder: Holder, context: PrivilegeContext): Privileges {
  return toPrivileges(needs(holder, context));
}

/** Body of the request that creates an API key. */
export function apiKeyRequest(holder: Holder, context: PrivilegeContext): object {
  const role = holder === 'both' ? 'tcsync' : holder;
  return {
    name: holder === 'both' ? 'tcsync' : `tcsync-${holder}`,
    role_descriptors: { [role]: neededPrivileges(holder, context) },
  };
}

function toPrivileges(list: readonly Need[]): Privileges {
  const cluster = new Set<estypes.SecurityClusterPrivilege>();
  const indices = new Map<string, Set<estypes.SecurityIndexPrivilege>>();
  for (const need of list) {
    if (need.on === null) cluster.add(need.privilege);
    else {
      const key = need.on.join(',');
      indices.set(key, (indices.get(key) ?? new Set()).add(need.privilege));
    }
  }
  return {
    cluster: [...cluster].sort(),
    indices: [...indices].map(([names, privileges]) => ({
      names: names.split(','),
      privileges: [...privileges].sort(),
    })),
  };
}

/**
 * The needed privileges that the credentials lack, such as `cluster: manage_ilm`; `null` if the cluster has no
 * security.
 */
export async function missingPrivileges(
  sink: Client,
  { cluster, indices }: Privileges,
  signal: AbortSignal,
): Promise<string[] | null> {
  const answer = await atSink('POST _security/user/_has_privileges', signal, () =>
    sink.security.hasPrivileges(
      { cluster, index: indices },
      // without security this path does not exist
      { signal, ignore: [400, 405], meta: true },
    ),
  );
  if (answer.statusCode === 400 || answer.statusCode === 405) return null;
  const { cluster: ofCluster, index: ofIndices } = answer.body;
  return [
    ...lacking('cluster', ofCluster),
    ...Object.entries(ofIndices).flatMap(([name, has]) => lacking(`index ${name}`, has)),
  ];
}

function lacking(of: string, privileges: Record<string, boolean>): string[] {
  const names = Object.entries(privileges).flatMap(([name, has]) => (has ? [] : [name]));
  return names.length === 0 ? [] : [`${of}: ${names.join(', ')}`];
}

function inCluster(privilege: estypes.SecurityClusterPrivilege, purpose: string): Need {
  return { on: null, privilege, purpose };
}

function on(
  names: readonly string[],
  privilege: estypes.SecurityIndexPrivilege,
  purpose: string,
): Need {
  return { on: names, privilege, purpose };
}
