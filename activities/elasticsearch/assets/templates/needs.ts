import { indexDifferences, type IndexDefinition } from '../compare/index-differences.ts';

/** Without their types the transform cannot group, sort, follow or delete documents, in either profile. */
const NEEDED_FIELDS: ReadonlySet<string> = new Set([
  '@timestamp',
  'data_stream.namespace',
  'event.created',
  'event.dataset',
  'event.id',
  'event.ingested',
  'threat_connect.indicator.deleted_at',
  'threat_connect.indicator.id',
]);

/**
 * Overridden parts without which the program does not work, as texts. Everything else is the operator's choice.
 *
 * @param wanted the program's own components
 * @param settings names of the settings that it needs, such as `index.final_pipeline`
 */
export function brokenNeeds(
  found: IndexDefinition,
  wanted: IndexDefinition,
  settings: readonly string[],
): string[] {
  const { settings: changed, fields } = indexDifferences(found, wanted);
  const broken = changed
    .filter(({ path }) => settings.includes(path))
    .map(({ path, is, should }) => `${path} is ${is ?? 'not set'} instead of ${should}`);
  const types = fields
    .filter(({ field, isOtherType }) => isOtherType && NEEDED_FIELDS.has(field))
    .map(({ field, is, should }) => `${field} is ${is} instead of ${should}`);
  const dynamic = String(found.mappings.dynamic) === 'strict' ? ['dynamic is strict'] : [];
  return [...broken, ...types, ...dynamic];
}
