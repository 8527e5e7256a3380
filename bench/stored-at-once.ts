import type { Version } from '../demo/compare.ts';
import type { StoredSource } from '../demo/stored-versions.ts';
import { Control } from '../stand-ins/control.ts';

/**
 * Every version in a data stream of the stand-in, from its control side. A million documents would need hundreds of
 * searches, each of which sorts all of them.
 */
export async function storedAtOnce(elasticsearchUrl: string, stream: string): Promise<Version[]> {
  const versions: Version[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  const documents = new Control(elasticsearchUrl).chunks(`/_sim/documents?target=${stream}`);
  for await (const chunk of documents) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) versions.push(toVersion(line));
  }
  return versions;
}

function toVersion(line: string): Version {
  const { _source: source } = JSON.parse(line) as { _source: StoredSource };
  const { id, last_modified: lastModified } = source.threat_connect.indicator;
  return { id, lastModified: `${lastModified.slice(0, 19)}Z` };
}
