import type { ThreatConnect } from '../activities/threatconnect/threatconnect.ts';
import { EVERYTHING } from '../activities/threatconnect/tql.ts';
import type { Version } from './compare.ts';

const PAGE = 10_000;
const WAIT_MS = 10 * 60_000;

/** Every live version of a real instance, read again by id, because a real instance has no list of its own. */
export async function sourceVersions(source: ThreatConnect): Promise<Version[]> {
  const signal = AbortSignal.timeout(WAIT_MS);
  const versions: Version[] = [];
  for (;;) {
    const afterId = versions.at(-1)?.id ?? null;
    const { hasNext } = await source.page(
      { ...EVERYTHING, afterId },
      { fields: [], limit: PAGE },
      async (records) => {
        for (const { text } of records) versions.push(toVersion(text));
      },
      signal,
    );
    if (!hasNext) break;
  }
  await source.close();
  return versions;
}

function toVersion(text: string): Version {
  const { lastModified } = JSON.parse(text) as { lastModified: string };
  const id = /"id"\s*:\s*(\d+)/.exec(text)?.[1] ?? '';
  return { id, lastModified: `${lastModified.slice(0, 19)}Z` };
}
