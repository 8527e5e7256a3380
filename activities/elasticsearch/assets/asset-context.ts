import type { AssetConfig } from '../../../config/config.ts';
import type { Server } from '../server-info.ts';

/** What decides the assets' bodies. */
export type AssetContext = AssetConfig & Pick<Server, 'flavour'>;
