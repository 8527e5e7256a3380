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

/**
 * The privileges that the program needs, and no others: `apply` and the runs use the same credentials.
 *
 * @see https://www.elastic.co/docs/reference/elasticsearch/security-privileges
 */
export function neededPrivileges({ namespace, assets, flavour }: AssetContext): Privileges {
  const isOwn = assets !== 'feed-only';
  return {
    cluster: [
      'monitor', // GET /
      'manage_index_templates',
      ...(isOwn ? (['manage_ingest_pipelines', 'manage_transform'] as const) : []),
      ...(isOwn && flavour === 'stack' ? (['manage_ilm'] as const) : []), // Serverless has none
    ],
    indices: [
      {
        names: [dataStream(namespace)],
        privileges: [
          'auto_configure', // new fields
          'create_doc',
          'read', // to find the newest version of an indicator
          'view_index_metadata',
        ],
      },
      {
        names: [rejectStream(namespace)],
        privileges: ['auto_configure', 'index', 'read', 'view_index_metadata'],
      },
      {
        names: [stateIndex(namespace)],
        privileges: ['create_index', 'index', 'read', 'view_index_metadata'],
      },
      ...(isOwn
        ? ownIndices()
        : [
            {
              names: [LATEST_INDICES, LATEST_ALIAS],
              privileges: ['read' as const, 'view_index_metadata' as const],
            },
          ]),
    ],
  };
}

/** The transform reads and writes, in every namespace, with the privileges of the user that created it. */
function ownIndices(): Privileges['indices'] {
  return [
    {
      names: [dataStream('*')],
      privileges: ['create_index', 'manage', 'read', 'view_index_metadata'],
    },
    {
      names: [LATEST_INDICES, LATEST_ALIAS],
      privileges: ['create_index', 'delete', 'index', 'manage', 'read', 'view_index_metadata'],
    },
  ];
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
