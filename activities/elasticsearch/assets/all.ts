import type { Asset } from './asset.ts';
import { dataStreamTemplate, ingestedPipeline } from './data-stream.ts';
import { stateIndexAsset } from './state.ts';

/** Every asset of a namespace, in the order in which they must be created. */
export function allAssets(namespace: string): readonly Asset[] {
  return [ingestedPipeline, dataStreamTemplate, stateIndexAsset(namespace)];
}
