import type { AssetConfig } from '../../../config/config.ts';
import type { Server } from '../server-info.ts';

/** Everything on which the assets' bodies depend. */
export type AssetContext = AssetConfig & Pick<Server, 'flavour'>;
