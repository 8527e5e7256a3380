import { faultCount, faultLine } from '../../config/fault.ts';
import type { Parts } from '../../config/load.ts';
import type { Checklist, Head } from './checklist.ts';
import { failed, ok } from './step.ts';

const CONFIGURATION: Head = {
  name: 'configuration',
  subject: 'the configuration',
  trouble: 'the configuration is faulty',
  needs: [],
};

/** Reports every fault at once. The next steps use the parts of the configuration that have no fault. */
export async function checkConfiguration(list: Checklist, parts: Parts): Promise<void> {
  const { faults, feeds, pending } = parts;
  await list.take(CONFIGURATION, async () => {
    if (faults.length > 0) return failed(faultCount(faults), faults.map(faultLine).join('\n'));
    const names = feeds?.map((feed) => feed.name) ?? [];
    const unused = pending.length === 0 ? '' : `; not in effect yet: ${pending.join(', ')}`;
    return ok(`the configuration is complete; feeds: ${names.join(', ')}${unused}`);
  });
}
