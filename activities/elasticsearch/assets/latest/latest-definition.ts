import type { IndexDefinition } from '../compare/index-differences.ts';
import { latestMappings } from './latest-mappings.ts';
import { latestSettings } from './latest-settings.ts';

/** What the program's own components say about a latest index. */
export const LATEST_DEFINITION: IndexDefinition = {
  settings: latestSettings.template.settings ?? {},
  mappings: latestMappings.template.mappings ?? {},
};

/** Otherwise one malformed value would stop the transform for all. */
export const NEEDED_LATEST_SETTINGS = ['index.mapping.ignore_malformed'];
