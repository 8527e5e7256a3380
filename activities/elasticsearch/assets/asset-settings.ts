import type { Server } from '../server-info.ts';

/** What the configuration says about the assets. Durations as Elasticsearch writes them: `120s`. */
export type AssetSettings = {
  namespace: string;
  profile: 'enriched' | 'compatible';
  assets: 'own' | 'feed-only' | 'takeover';
  transformDelay: string;
  transformFrequency: string;
  ilmRollover: string;
  ilmDelete: string;
};

/** What decides the assets' bodies. */
export type AssetContext = AssetSettings & Pick<Server, 'flavour'>;
