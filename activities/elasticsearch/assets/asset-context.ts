import type { AssetConfig } from '../../../config/config.ts';
import type { Server } from '../server-info.ts';
import type { Generation } from './latest/generation.ts';

/** The settings and facts on which the assets depend. */
export type AssetContext = AssetConfig & Pick<Server, 'flavour'>;

/** Everything on which the assets' bodies depend. */
export type PlanContext = AssetContext & {
  /** The latest index that readers see. */
  latest: Generation;
};
