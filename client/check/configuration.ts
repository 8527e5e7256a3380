import type { Parts } from '../../config/load.ts';
import type { Checklist, Head } from './checklist.ts';
import { failed, ok } from './step.ts';

const CONFIGURATION: Head = {
  name: 'configuration',
  subject: 'the configuration',
  trouble: 'the configuration is faulty',
  needs: [],
};

/** Every fault at once. What follows works with the parts that have none. */
export async function checkConfiguration(list: Checklist, { faults, feeds }: Parts): Promise<void> {
  await list.take(CONFIGURATION, async () => {
    const names = feeds?.map((feed) => feed.name) ?? [];
    if (faults.length === 0) return ok(`the configuration is complete; feeds: ${names.join(', ')}`);
    return failed(
      `the configuration has ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}`,
      faults
        .map(
          ({ name, problem, expected, example }) =>
            `${name}: ${problem}; expected ${expected}; example: ${example}`,
        )
        .join('\n'),
    );
  });
}
