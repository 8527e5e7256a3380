import {
  differencesText,
  indexDifferences,
  type IndexDefinition,
} from '../compare/index-differences.ts';
import { NEEDED_LATEST_SETTINGS } from './latest-definition.ts';

/**
 * Why a latest index cannot be brought into its wanted state by requests, and must be replaced by a new one; empty if it
 * can.
 *
 * @param index settings and mappings of the index
 * @param wanted those that a new index would get from its templates
 */
export function replacementReasons(index: IndexDefinition, wanted: IndexDefinition): string[] {
  const { settings, fields } = indexDifferences(index, wanted);
  return differencesText({
    settings: settings.filter(({ path }) => NEEDED_LATEST_SETTINGS.includes(path)),
    root: [],
    fields: fields.filter(({ isOtherType }) => isOtherType),
  });
}
