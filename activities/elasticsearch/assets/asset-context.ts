import type { AssetConfig } from '../../../config/config.ts';
import type { Server } from '../server-info.ts';
import type { Generation } from './latest/generation.ts';
import type { Shared } from './namespaces/set-by.ts';

/** The settings and facts on which the assets depend. */
export type AssetContext = AssetConfig &
  Pick<Server, 'flavour'> & {
    /** Names of the configured feeds. */
    feeds: readonly string[];
  };

/** Everything on which the assets' bodies depend. */
export type PlanContext = AssetContext & {
  /** The latest index that readers see, or will see after a takeover. */
  latest: Generation;
  /** `others`: during a takeover readers see the index of Elastic's package, and the alias must not move yet. */
  readers: 'own' | 'others';
  /** The namespaces that have set the shared assets; without one it is this namespace. */
  setBy?: Readonly<Partial<Record<Shared, string>>>;
};
