import type { Client } from '@elastic/elasticsearch';
import type { Asset } from '../asset.ts';

/**
 * True if nothing has to be done about the given templates. As long as they are to be created or corrected, which a dry
 * run does not do, what they give to an index says nothing.
 */
export async function areAsWanted(
  templates: readonly Asset[],
  sink: Client,
  signal: AbortSignal,
): Promise<boolean> {
  for (const template of templates) {
    const { due, rest } = await template.inspect(sink, signal);
    if (due.length > 0 || rest !== 'ok') return false;
  }
  return true;
}
