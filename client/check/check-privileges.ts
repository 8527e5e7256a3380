import type { Client } from '@elastic/elasticsearch';
import type { AssetContext } from '../../activities/elasticsearch/assets/asset-context.ts';
import { missingPrivileges, neededPrivileges } from '../../activities/elasticsearch/privileges.ts';
import type { Checklist, Head } from './checklist.ts';
import { failed, ok } from './step.ts';

export const PRIVILEGES: Head = {
  name: 'privileges',
  subject: 'whether the privileges suffice',
  trouble: 'privileges are missing in Elasticsearch',
  needs: ['Elasticsearch', 'Elasticsearch access'],
};

/** Names each missing privilege. The remedy contains the complete request that creates a sufficient API key. */
export async function checkPrivileges(
  list: Checklist,
  sink: Client,
  context: AssetContext,
  signal: AbortSignal,
): Promise<void> {
  await list.take(PRIVILEGES, async () => {
    const needed = neededPrivileges(context);
    const missing = await missingPrivileges(sink, needed, signal);
    if (missing === null) {
      return ok('security is off in this cluster: no privileges are needed');
    }
    if (missing.length === 0) return ok('the credentials have every privilege that is needed');
    const key = { name: 'tcsync', role_descriptors: { tcsync: needed } };
    return failed(
      `the credentials lack privileges: ${missing.join('; ')}`,
      `Have an administrator make a key in Kibana’s console, and set its \`encoded\` in ES_API_KEY:\n` +
        `POST _security/api_key\n${JSON.stringify(key)}`,
    );
  });
}
