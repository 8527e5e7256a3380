import type { Client } from '@elastic/elasticsearch';
import { StateStore } from '../../activities/elasticsearch/state-store.ts';
import { SinkMisconfiguredError } from '../../contracts/errors.ts';
import { stateIndex } from '../../contracts/names.ts';
import type { Checklist, Head } from './checklist.ts';
import { failed, ok } from './step.ts';

export const INSTANCE: Head = {
  name: 'namespace',
  subject: 'whose namespace it is',
  trouble: 'the namespace belongs to another ThreatConnect',
  needs: ['Elasticsearch', 'Elasticsearch access'],
};

/** @param url address of the configured ThreatConnect instance */
export async function checkInstance(
  list: Checklist,
  sink: Client,
  { namespace, url }: { namespace: string; url: string },
  signal: AbortSignal,
): Promise<void> {
  await list.take(INSTANCE, async () => {
    const owner = await readOwner(new StateStore(sink, stateIndex(namespace)), signal);
    if (owner === null) {
      return ok(`namespace ${namespace} belongs to no ThreatConnect yet; the first run binds it`);
    }
    if (owner === url) return ok(`namespace ${namespace} belongs to ${url}`);
    return failed(
      `namespace ${namespace} belongs to ${owner}, not to ${url}`,
      'Set TCSYNC_NAMESPACE to another name, or TC_URL to that instance: one namespace holds one instance.',
    );
  });
}

async function readOwner(store: StateStore, signal: AbortSignal): Promise<string | null> {
  try {
    return await store.readInstance(signal);
  } catch (error) {
    if (error instanceof SinkMisconfiguredError) return null; // `tcsync apply` has not run yet
    throw error;
  }
}
