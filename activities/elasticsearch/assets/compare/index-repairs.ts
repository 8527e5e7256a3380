import type { Client } from '@elastic/elasticsearch';
import type { Repair } from '../asset.ts';
import { changesText } from './differences.ts';
import { differencesText, propertiesOf, type IndexDifferences } from './index-differences.ts';

/** Settings of an existing index that a request can change. */
const DYNAMIC_SETTINGS = new Set([
  'index.default_pipeline',
  'index.final_pipeline',
  'index.mapping.total_fields.limit',
  'index.mapping.total_fields.ignore_dynamic_beyond_limit',
]);

/** Everything in which an index differs and that requests can change. Types of fields are not. */
export function indexRepairs(
  sink: Client,
  index: string,
  differences: IndexDifferences,
  signal: AbortSignal,
): Repair[] {
  const settings = differences.settings.filter(({ path }) => DYNAMIC_SETTINGS.has(path));
  const { root } = differences;
  const fields = differences.fields.filter(({ isOtherType }) => !isOtherType);
  const all: Repair[] = [];
  if (settings.length > 0) {
    const values = Object.fromEntries(settings.map(({ path, should }) => [path, should]));
    all.push({
      becomes: 'updated',
      changes: changesText(settings),
      act: () => sink.indices.putSettings({ index, settings: values }, { signal }),
    });
  }
  if (root.length + fields.length > 0) {
    const mapping = {
      ...Object.fromEntries(root.map(({ path, should }) => [path, should])),
      ...(fields.length === 0 ? {} : { properties: propertiesOf(fields) }),
    };
    all.push({
      becomes: 'updated',
      changes: differencesText({ settings: [], root, fields }),
      act: () => sink.indices.putMapping({ index, ...mapping }, { signal }),
    });
  }
  return all;
}
