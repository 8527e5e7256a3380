import type { Client } from '@elastic/elasticsearch';
import { atSink } from '../../activities/elasticsearch/sink-error.ts';
import type { SinkConfig } from '../../config/config.ts';
import { SinkUnauthorizedError } from '../../contracts/errors.ts';
import { apiKeyAdvice } from './arrived-as.ts';
import type { Checklist, Head } from './checklist.ts';
import { failed, ok } from './step.ts';

/** Taken only if the installer has a key of its own. */
export const INSTALLER: Head = {
  name: 'installer access',
  subject: 'whether Elasticsearch accepts the installer’s key',
  trouble: 'Elasticsearch does not accept the installer’s key',
  needs: ['Elasticsearch'],
};

/** Every key may ask who it is. */
export async function checkInstaller(
  list: Checklist,
  installer: Client,
  { installerAuth }: SinkConfig,
  signal: AbortSignal,
): Promise<void> {
  await list.take(INSTALLER, async () => {
    try {
      await atSink('GET _security/_authenticate', signal, () =>
        // without security this path does not exist
        installer.security.authenticate({}, { signal, ignore: [400, 405] }),
      );
    } catch (error) {
      if (!(error instanceof SinkUnauthorizedError)) throw error;
      const key = installerAuth.kind === 'apiKey' ? installerAuth.apiKey.reveal() : '';
      return failed(
        `Elasticsearch does not accept the installer’s key: ${error.message}`,
        apiKeyAdvice(key, 'ES_INSTALLER_API_KEY'),
      );
    }
    return ok('Elasticsearch accepts the installer’s key');
  });
}
