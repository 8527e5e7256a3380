import { illegalArgument } from '../errors.ts';
import { type Index } from '../state/index.ts';

export type RefreshPolicy = 'false' | 'true' | 'wait_for';

/** @param value of the parameter `refresh` */
export function refreshPolicy(value = 'false'): RefreshPolicy {
  if (value === '') return 'true';
  if (value !== 'false' && value !== 'true' && value !== 'wait_for') {
    throw illegalArgument(`Unknown value for refresh: [${value}].`);
  }
  return value;
}

/** Makes writes visible to searches, or waits until they are. */
export async function applyRefresh(
  policy: RefreshPolicy,
  indices: Iterable<Index>,
  signal: AbortSignal,
): Promise<void> {
  if (policy === 'true') for (const index of indices) index.refresh();
  if (policy === 'wait_for') {
    await Promise.all([...indices].map((index) => index.nextRefresh(signal)));
  }
}
