import type { AssetContext } from '../asset-context.ts';
import type { IndexDefinition } from '../compare/index-differences.ts';
import { streamMappings } from './stream-mappings.ts';
import { streamSettings } from './stream-settings.ts';

/** What the program's own components say about a backing index. */
export function streamDefinition(context: AssetContext): IndexDefinition {
  return {
    settings: streamSettings(context).template.settings ?? {},
    mappings: streamMappings.template.mappings ?? {},
  };
}

/** Without it no document gets `event.ingested`, which the transform follows. */
export const NEEDED_SETTINGS = ['index.final_pipeline'];
