import type { Client } from '@elastic/elasticsearch';
import type { AssetContext } from '../../activities/elasticsearch/assets/asset-context.ts';
import {
  apiKeyRequest,
  missingPrivileges,
  neededPrivileges,
  type Holder,
} from '../../activities/elasticsearch/privileges.ts';
import type { Checklist, Head } from './checklist.ts';
import { INSTALLER } from './check-installer.ts';
import { failed, ok } from './step.ts';

export const PRIVILEGES: Head = {
  name: 'privileges',
  subject: 'whether the privileges suffice',
  trouble: 'privileges are missing in Elasticsearch',
  needs: ['Elasticsearch', 'Elasticsearch access'],
};

/** Taken only if the installer has a key of its own. */
export const INSTALLER_PRIVILEGES: Head = {
  name: 'installer privileges',
  subject: 'whether the installer’s privileges suffice',
  trouble: 'the installer lacks privileges in Elasticsearch',
  needs: ['Elasticsearch', INSTALLER.name],
};

/** How a report calls a key, and the variable that holds it. */
const CALLED: Readonly<Record<Holder, { who: string; variable: string }>> = {
  both: { who: 'the credentials', variable: 'ES_API_KEY' },
  ingester: { who: 'the credentials', variable: 'ES_API_KEY' },
  installer: { who: 'the installer’s key', variable: 'ES_INSTALLER_API_KEY' },
};

/** Names each missing privilege. The remedy contains the complete request that creates a sufficient API key. */
export async function checkPrivileges(
  list: Checklist,
  client: Client,
  { holder, context }: { holder: Holder; context: AssetContext },
  signal: AbortSignal,
): Promise<void> {
  const { who, variable } = CALLED[holder];
  await list.take(holder === 'installer' ? INSTALLER_PRIVILEGES : PRIVILEGES, async () => {
    const missing = await missingPrivileges(client, neededPrivileges(holder, context), signal);
    if (missing === null) {
      return ok('security is off in this cluster: no privileges are needed');
    }
    if (missing.length === 0) {
      return ok(
        holder === 'installer'
          ? 'the installer’s key has every privilege that is needed'
          : 'the credentials have every privilege that is needed',
      );
    }
    const key = apiKeyRequest(holder, context);
    return failed(
      `${who} ${holder === 'installer' ? 'lacks' : 'lack'} privileges: ${missing.join('; ')}`,
      `Have an administrator make a key in Kibana’s console, and set its \`encoded\` in ${variable}:\n` +
        `POST _security/api_key\n${JSON.stringify(key)}`,
    );
  });
}
